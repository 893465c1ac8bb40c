"""CSVWriter and JSONLinesWriter: their files, and that a killed and resumed training leaves those of one left alone."""

from __future__ import annotations

import csv
import json
import math

import pytest

from mocha_core.coffee import CSVWriter, JSONLinesWriter, Snapshot, TrainingSummary
from mocha_core.errors import OptionError
from mocha_core.io import load_statistics
from mocha_core.solvers import SGD, Solver, solve
from tests.io.training import fake_net

from .giving import Die, DieAt, Give

WRITERS = pytest.mark.parametrize("kind", [CSVWriter, JSONLinesWriter])
LATE = [None, None, None, None, 0.1, None, None, 0.3]
"""A statistic that first comes up in the middle."""


def run(writer, folder=None, *, die=None, max_iter=9, values=LATE, writer_first=False, save_into="", **params) -> None:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    solver.setup_coffee_lounge(save_into=save_into)
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=3)
    coffees = [TrainingSummary("obj_val", "learning_rate"), Give("late, but not lost", values), DieAt(die)]
    for coffee in [writer, *coffees] if writer_first else [*coffees, writer]:
        solver.add_coffee_break(coffee, every_n_iter=1)
    solve(solver, fake_net())


def test_the_table(tmp_path):
    run(CSVWriter(tmp_path / "deep" / "log.csv"))
    with (tmp_path / "deep" / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["iter", "learning_rate", "obj_val", "late, but not lost"]
    assert [int(row["iter"]) for row in rows] == list(range(10))
    assert [row["late, but not lost"] for row in rows] == ["", "", "", "", "0.1", "", "", "0.3", "", ""]
    assert len({float(row["obj_val"]) for row in rows}) == 10
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["log.csv"]


def test_the_lines(tmp_path):
    run(JSONLinesWriter(tmp_path / "log.jsonl"))
    records = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [record["iter"] for record in records] == list(range(10))
    assert set(records[0]) == {"iter", "obj_val", "learning_rate"}
    assert records[7]["late, but not lost"] == 0.3


def test_numbers_are_exact_and_json_stays_json(tmp_path):
    values = [1 / 3, math.nan, math.inf, 1e-300]
    run(JSONLinesWriter(tmp_path / "log.jsonl"), values=values, max_iter=3)
    run(CSVWriter(tmp_path / "log.csv"), values=values, max_iter=3)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    records = [json.loads(line, parse_constant=refuse) for line in lines]
    assert [record["late, but not lost"] for record in records] == [1 / 3, None, None, 1e-300]
    with (tmp_path / "log.csv").open(newline="") as file:
        found = [float(row["late, but not lost"]) for row in csv.DictReader(file)]
    assert found[0] == 1 / 3
    assert math.isnan(found[1])
    assert found[2:] == [math.inf, 1e-300]


@WRITERS
@pytest.mark.parametrize("die", [0, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("writer_first", [True, False])
def test_killed_and_resumed_the_file_is_that_of_a_training_left_alone(tmp_path, kind, die, writer_first):
    whole, killed, snapshots = tmp_path / "whole", tmp_path / "killed", tmp_path / "snapshots"
    run(kind(whole), writer_first=writer_first)
    with pytest.raises(Die):
        run(kind(killed), snapshots, die=die, writer_first=writer_first)
    run(kind(killed), snapshots, load_from=snapshots, writer_first=writer_first)
    assert killed.read_bytes() == whole.read_bytes()


@WRITERS
@pytest.mark.parametrize("cut", [1, 30, 100, 10_000])
def test_what_a_kill_left_half_written_or_the_disk_lost_is_written_again(tmp_path, kind, cut):
    whole, killed, snapshots = tmp_path / "whole", tmp_path / "killed", tmp_path / "snapshots"
    run(kind(whole))
    run(kind(killed), snapshots, max_iter=6)
    killed.write_bytes(killed.read_bytes()[:-cut])
    run(kind(killed), snapshots, load_from=snapshots)
    assert killed.read_bytes() == whole.read_bytes()


@WRITERS
def test_a_file_that_is_gone_is_written_anew_from_the_snapshot(tmp_path, kind):
    run(kind(tmp_path / "whole"))
    run(kind(tmp_path / "log"), tmp_path, max_iter=6)
    (tmp_path / "log").unlink()
    run(kind(tmp_path / "log"), tmp_path, load_from=tmp_path)
    whole, found = ((tmp_path / name).read_text().splitlines() for name in ("whole", "log"))
    assert len(found) == len(whole)


@WRITERS
def test_a_resume_says_what_it_removes(tmp_path, kind, caplog):
    caplog.set_level("INFO", "mocha")
    with pytest.raises(Die):
        run(kind(tmp_path / "log"), tmp_path, die=5)
    run(kind(tmp_path / "log"), tmp_path, load_from=tmp_path)
    assert any("removed what a killed training wrote from iteration 2 on" in message for message in caplog.messages)


@WRITERS
def test_a_fresh_training_overwrites_with_a_warning(tmp_path, kind, caplog):
    run(kind(tmp_path / "log"))
    assert not [m for m in caplog.messages if m.startswith("Overwriting")]
    run(kind(tmp_path / "log"), values=[], max_iter=1)
    assert [m for m in caplog.messages if m.startswith("Overwriting")] == [f"Overwriting {tmp_path / 'log'}"]
    assert "late" not in (tmp_path / "log").read_text()


@WRITERS
def test_an_earlier_training_in_the_statistics_file_is_not_in_the_log(tmp_path, kind):
    """Nor after a resume; the statistics file has both."""
    file, snapshots = tmp_path / "statistics.h5", tmp_path / "snapshots"
    run(kind(tmp_path / "whole"), values=LATE)
    run(kind(tmp_path / "first"), values=[5.0] * 10, save_into=file)
    with pytest.raises(Die):
        run(kind(tmp_path / "log"), snapshots, die=7, save_into=file)
    run(kind(tmp_path / "log"), snapshots, load_from=snapshots, save_into=file)
    assert (tmp_path / "log").read_bytes() == (tmp_path / "whole").read_bytes()
    assert load_statistics(file)["late, but not lost"] == {**dict.fromkeys(range(10), 5.0), 4: 0.1, 7: 0.3}


@WRITERS
@pytest.mark.parametrize("content", ["precious data\n1,2\n", "x"])
def test_a_file_of_somebody_else_is_not_touched(tmp_path, kind, content):
    (tmp_path / "log").write_text(content)
    with pytest.raises(OptionError, match=f"was not written by {kind.__name__}"):
        run(kind(tmp_path / "log"))
    assert (tmp_path / "log").read_text() == content


@WRITERS
def test_a_folder_is_no_file(tmp_path, kind):
    with pytest.raises(OptionError, match="name another file"):
        run(kind(tmp_path))
