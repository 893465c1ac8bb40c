"""Coffee breaks by name in an experiment file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from mocha_core.cli.main import main
from tests.coffee import event_reader

BREAKS = """
[[coffee]]
type = "FreezeStages"
stages = [[20, ["ip1"]], [1, []]]
every_n_iter = 1

[[coffee]]
type = "EarlyStopping"
key = "acc-accuracy"
mode = "max"
patience = 1000
every_n_iter = 30

[[coffee]]
type = "ProgressBar"
names = ["obj_val", "acc-accuracy"]
seconds = 1000
every_n_iter = 1

[[coffee]]
type = "CSVWriter"
path = "runs/log.csv"
every_n_iter = 1

[[coffee]]
type = "JSONLinesWriter"
path = "runs/log.jsonl"
every_n_iter = 1

[[coffee]]
type = "TensorBoardWriter"
directory = "runs"
every_n_iter = 1
"""


def add(experiment: Path, tables: str) -> str:
    experiment.write_text(experiment.read_text().replace("[[layer]]", tables + "\n[[layer]]", 1))
    return str(experiment)


def test_all_new_breaks_have_names(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = add(experiment, BREAKS)
    assert main(["train", path]) == 0, capsys.readouterr().err
    assert main(["train", path, "--max-iter", "90"]) == 0
    with Path("runs/log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in Path("runs/log.jsonl").read_text().splitlines()]
    wanted = [0, 20, 30, 40, 60, 80, 90]
    assert [int(row["iter"]) for row in rows] == wanted
    assert [line["iter"] for line in lines] == wanted
    assert event_reader.scalars(Path("runs"))["acc-accuracy"].keys() == {0, 30, 60, 90}
    assert "90/90" in capsys.readouterr().out


def test_early_stopping_ends_the_command(experiment: Path, capsys: pytest.CaptureFixture[str], caplog) -> None:
    caplog.set_level("INFO", "mocha")
    stopping = 'type = "EarlyStopping"\nkey = "obj_val"\nmode = "max"\npatience = 2\nevery_n_iter = 10\nmin_delta = 9\n'
    assert main(["train", add(experiment, f"[[coffee]]\n{stopping}")]) == 0
    assert any(message.startswith("Stopped after 20 updates: obj_val was best") for message in caplog.messages)


def test_a_missing_option_is_named(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", add(experiment, '[[coffee]]\ntype = "EarlyStopping"\nkey = "x"\nevery_n_iter = 1\n')]) == 1
    assert "[[coffee]] EarlyStopping: mode is missing" in capsys.readouterr().err
