"""Names of commands and options as Caffe's tools have them."""

from __future__ import annotations

import argparse

import pytest

from mocha_caffe.cli import add_parser
from mocha_caffe.cli.spelling import add_flag, add_net_state
from mocha_core.cli.main import main


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["caffe", *words])


@pytest.mark.parametrize(
    ("caffes", "ours"),
    [
        ("upgrade_net_proto_text a b", "upgrade a b"),
        ("upgrade_net_proto_binary a b", "upgrade a b"),
        ("upgrade_solver_proto_text a b", "upgrade a b"),
        ("compute_image_mean -backend=lmdb db out", "mean --backend lmdb db out"),
        ("convert_imageset -backend lmdb root/ l o", "convert-imageset --backend lmdb root/ l o"),
        ("extract_features w m fc6 out 10 lmdb GPU", "extract w m fc6 out 10 lmdb GPU"),
        ("train -solver=s -weights a,b -gpu 0", "train s --weights a,b --gpu 0"),
        ("train --solver s -snapshot x -level 1 -stage a,b", "train s --resume x --level 1 --stage a --stage b"),
        ("test -model m -weights w -iterations 5", "test m --weights w --iterations 5"),
        ("time -model m -phase TEST", "time m --phase test"),
        ("inspect m -stage a,b", "inspect m --stage a --stage b"),
    ],
)
def test_means_the_same(caffes: str, ours: str) -> None:
    assert parsed(*caffes.split()) == parsed(*ours.split())


@pytest.mark.parametrize("word", ["", "=true", "=True"])
@pytest.mark.parametrize("spelled", ["--check-size", "--check_size", "-check_size"])
def test_switches_that_are_on(spelled: str, word: str) -> None:
    assert _flag(f"{spelled}{word}")


@pytest.mark.parametrize(
    "words", [[], ["--check_size=false"], ["-check_size=False"], ["--check_size", "--nocheck_size"]]
)
def test_switches_that_are_off(words: list[str]) -> None:
    assert not _flag(*words)


def test_an_upgrade_by_its_old_name(tmp_path) -> None:
    (tmp_path / "old.prototxt").write_text('net: "n.prototxt"\nbase_lr: 0.01\nmax_iter: 3\nsolver_type: ADAM\n')
    words = [str(tmp_path / name) for name in ("old.prototxt", "new.prototxt")]
    assert main(["caffe", "upgrade_solver_proto_text", *words]) == 0
    assert 'type: "Adam"' in (tmp_path / "new.prototxt").read_text()


def test_stages_add_up() -> None:
    parser = argparse.ArgumentParser()
    add_net_state(parser)
    assert parser.parse_args(["--stage", "a,b", "-stage", "c"]).stage == ["a", "b", "c"]
    assert parser.parse_args([]).stage == []


def _flag(*words: str) -> bool:
    parser = argparse.ArgumentParser()
    add_flag(parser, "check-size", "all of one size")
    found: bool = parser.parse_args(words).check_size
    return found
