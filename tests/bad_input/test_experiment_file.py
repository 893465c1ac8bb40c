"""Mistakes that only an experiment file, or the command line, makes possible: one line each, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core.cli.main import main

from .newcomer import EXPERIMENT, fingerprint, refusal

SUMMARY = 'type = "TrainingSummary"\nevery_n_iter = 4'
FOLDER = 'directory = "snapshots"\n'
SAVE = 'save_into = "snapshots/statistics.h5"'

MISTAKES = {
    "single brackets": ("[[layer]]", "[layer]", "is no TOML file"),
    "a list of solvers": ("[solver]", "[[solver]]", "solver has another form; write [solver] once, in single brackets"),
    "table": ("[lounge]", "[lunge]", "has a table or option 'lunge'; did you mean 'lounge'?"),
    "name": ('name = "first"', "name = 1", 'name has another form; write name = "LeNet"'),
    "seed": ('name = "first"', 'seed = "x"', "seed has another form; write seed = 0"),
    "dtype": ('name = "first"', 'dtype = "double32"', "computes in float32 or float64, not 'double32'"),
    "method": ("max_iter = 16", 'method = "Adm"', "[solver]: there is no solver 'Adm'"),
    "max_iter": ("max_iter = 16\n", "", "[solver]: max_iter is missing"),
    "policy": ("LRPolicy.Fixed(0.1)", "LRPolicy.Fixd(0.1)", "LRPolicy has no 'Fixd'; did you mean 'Fixed'?"),
    "layer type": ('"SoftmaxLoss"', '"SoftmaxLos"', "layer 4 (loss): there is no layer 'SoftmaxLos'; did you mean"),
    "no layer type": ('type = "SoftmaxLoss"\n', "", "layer 4 (loss): no type; write type ="),
    "no layer name": ('name = "ip1"\n', "", "layer 2 (without a name): InnerProductLayer needs name"),
    "too many arguments": ("Neurons.ReLU()", "Neurons.ReLU(1, 2)", "write Neurons.ReLU(epsilon=...)"),
    "coffee without type": (SUMMARY, "every_n_iter = 4", 'has no type; write type = "TrainingSummary"'),
    "coffee type": ('"TrainingSummary"', '"Sumary"', "[[coffee]] Sumary: there is no coffee break 'Sumary'"),
    "when": (SUMMARY, SUMMARY.replace("iter", "iters"), "no option 'every_n_iters'; did you mean 'every_n_iter'?"),
    "never": (SUMMARY, 'type = "TrainingSummary"', "[[coffee]] TrainingSummary: a coffee break needs to know when"),
    "zero": (SUMMARY, SUMMARY.replace("4", "0"), "every_n_iter is a whole number above 0, not 0"),
    "no folder": (FOLDER, "", "[[coffee]] Snapshot: directory is missing; write directory = ..."),
    "a number as folder": (FOLDER, "directory = 5\n", "Snapshot writes into a folder"),
    "a file as folder": (FOLDER, 'directory = "list.txt"\n', "cannot make the folder list.txt: File exists"),
    "keep": (FOLDER, FOLDER + "keep = 0\n", "keep is a whole number above 0, not 0"),
    "summary": (SUMMARY, SUMMARY + '\nnames = ["obj"]', "TrainingSummary knows no 'obj'"),
    "lounge": ("save_into", "saveinto", "[lounge]: there is no option 'saveinto'; did you mean 'save_into'?"),
    "lounge file": (SAVE, "save_into = 5", "[lounge]: save_into is the path of a file, not 5"),
    "lounge exists": (SAVE, SAVE + '\nfile_exists = "keep"', "file_exists is one of merge, overwrite, panic"),
    "an old file": (SAVE, SAVE + '\nfile_exists = "panic"', "snapshots/statistics.h5 exists already; move it"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_in_the_file(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, said = MISTAKES[name]
    assert old in EXPERIMENT
    Path("experiment.toml").write_text(EXPERIMENT.replace(old, new, 1))
    before = fingerprint()
    assert said in refusal(capsys)
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train nowhere.toml", "there is no experiment file nowhere.toml"),
        ("train snapshots", "there is no experiment file snapshots"),
        ("train data.h5", "data.h5 is no TOML file"),
        ("train experiment.toml --max-iter -1", "max_iter is a number of updates, at least 0"),
        ("train experiment.toml --weights no.h5", "--weights no.h5: there is no such file"),
        ("test experiment.toml", "mocha test needs --weights"),
        ("test experiment.toml --weights snapshots", "--weights snapshots is a folder; name a snapshot in it"),
        ("test experiment.toml --weights data.h5", "data.h5 holds no parameters"),
        ("summary experiment.toml --backend cpus", "there is no backend 'cpus'; did you mean 'cpu'"),
        ("graph experiment.toml --to snapshots", "snapshots is a folder; name a file in it"),
        ("plot no.h5", "there is no file 'no.h5'"),
        ("plot list.txt", "list.txt is damaged or no HDF5 file"),
        ("plot snapshots/snapshot-000012.h5", "no statistic to draw"),
        ("plot snapshots/statistics.h5 --to snapshots", "--to snapshots is a folder; name a file in it"),
        ("data mnist --to out --from nowhere", "--from nowhere: there is no such folder"),
        ("data mnist --to out --from snapshots", "neither train-images-idx3-ubyte nor"),
    ],
)
def test_on_the_command_line(words: str, said: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = fingerprint()
    assert said in refusal(capsys, *words.split())
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("trian experiment.toml", "invalid choice: 'trian'"),
        ("train experiment.toml --max-iter ten", "invalid int value: 'ten'"),
        ("test experiment.toml --weights x.h5 --iterations 0", "0 is not above 0"),
        ("time experiment.toml --iterations -3", "-3 is not above 0"),
    ],
)
def test_usage(words: str, said: str, fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words.split())
    assert said in capsys.readouterr().err


def test_a_summary_of_chosen_names(fresh: Path) -> None:
    Path("experiment.toml").write_text(EXPERIMENT.replace(SUMMARY, SUMMARY + '\nnames = ["iter", "learning_rate"]'))
    assert main(["train", "experiment.toml"]) == 0
