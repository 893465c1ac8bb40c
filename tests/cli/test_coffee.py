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


def test_the_best_net_of_early_stopping_can_be_tested(
    experiment: Path, capsys: pytest.CaptureFixture[str], caplog
) -> None:
    caplog.set_level("INFO", "mocha")
    stopping = 'type = "EarlyStopping"\nkey = "acc-accuracy"\nmode = "max"\npatience = 1\nevery_n_iter = 30\n'
    path = add(experiment, f"[[coffee]]\n{stopping}")
    assert main(["train", path, "--max-iter", "2000"]) == 0, capsys.readouterr().err
    stopped = next(message for message in caplog.messages if message.startswith("Stopped after"))
    best = float(stopped.partition("(")[2].partition(")")[0])
    capsys.readouterr()
    assert main(["test", path, "--weights", "snapshots/best.h5"]) == 0
    assert f"Accuracy (avg over 60) = {100 * best:.4f}%"[:-3] in capsys.readouterr().out
    assert main(["export", path, "snapshots/best.h5", "--shape", "data=1x4", "-o", "net.safetensors"]) == 0


def test_the_last_update_is_saved(experiment: Path, capsys: pytest.CaptureFixture[str], caplog) -> None:
    assert main(["train", str(experiment), "--max-iter", "45"]) == 0, capsys.readouterr().err
    assert Path("snapshots/snapshot-000045.h5").is_file()
    assert "saves the trained net" not in caplog.text


def test_an_experiment_that_saves_nothing_is_told_how(
    experiment: Path, capsys: pytest.CaptureFixture[str], caplog
) -> None:
    caplog.set_level("INFO", "mocha")
    before, _, after = experiment.read_text().partition('[[coffee]]\ntype = "Snapshot"\n')
    experiment.write_text(before + after[after.index("[[coffee]]") :])
    assert main(["train", str(experiment), "--fresh"]) == 0, capsys.readouterr().err
    told = next(number for number, line in enumerate(caplog.messages) if "lost when training ends" in line)
    assert 'type = "Snapshot"' in caplog.messages[told]
    assert told < next(number for number, line in enumerate(caplog.messages) if "TRAIN iter=000000" in line)


def test_a_missing_option_is_named(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", add(experiment, '[[coffee]]\ntype = "EarlyStopping"\nkey = "x"\nevery_n_iter = 1\n')]) == 1
    assert "[[coffee]] EarlyStopping: mode is missing" in capsys.readouterr().err
