"""`mocha plot`: listing, choosing, drawing."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from mocha_core.cli import plot
from mocha_core.errors import MissingFileError, OptionError
from mocha_core.io.statistics_file import save_statistics


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    save_statistics(tmp_path / "a.h5", {"obj_val": {0: 2.5, 100: 0.5}, "test-accuracy": {0: 0.1, 100: 0.9}})
    save_statistics(tmp_path / "b.h5", {"obj_val": {0: 2.0, 50: 1.0, 100: 0.25}})
    return [str(tmp_path / "a.h5"), str(tmp_path / "b.h5")]


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    plot.add_parser(parser.add_subparsers())
    return parser.parse_args(["plot", *words])


def test_the_list_numbers_through_all_files(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    args = parse("--list", *files)
    assert args.run(args) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert "a.h5  obj_val  (2 values, 0.5 at iteration 100)" in lines[0]
    assert "b.h5  obj_val  (3 values, 0.25 at iteration 100)" in lines[2]


def test_the_chosen_ones_are_drawn(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "plots/out.png"
    args = parse(*files, "-i", "1,3", "--to", str(target))
    assert args.run(args) == 0
    assert capsys.readouterr().out == f"{target}: obj_val\n"
    assert target.read_bytes().startswith(b"\x89PNG")


def test_without_a_choice_all_are_drawn(files: list[str]) -> None:
    assert [curve.number for curve in plot.choose(plot.read_curves([Path(file) for file in files]), ())] == [1, 2, 3]


def test_refusals(files: list[str], tmp_path: Path) -> None:
    curves = plot.read_curves([Path(files[0])])
    with pytest.raises(OptionError, match="no statistic 3, 7: there are 1 to 2"):
        plot.choose(curves, (1, 3, 7))
    with pytest.raises(OptionError, match="the files hold none"):
        plot.choose([], ())
    with pytest.raises(MissingFileError, match=r"none\.h5"):
        plot.read_curves([tmp_path / "none.h5"])
    with pytest.raises(OptionError, match=r"out\.xyz"):
        plot.draw(curves, tmp_path / "out.xyz")
