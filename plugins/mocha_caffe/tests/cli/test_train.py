"""`mocha caffe train`."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from mocha_caffe.formats import read_solver_state
from mocha_core.cli.main import main

from ..solving.small import TESTS, solver_text, write


def train(*args: object) -> int:
    return main(["caffe", "train", "--backend", "cpu", *map(str, args)])


@pytest.fixture
def solver(tmp_path):
    return write(tmp_path, solver_text("display: 3 " + TESTS))


@pytest.mark.parametrize("spelled", ["{}", "-solver {}", "--solver {}", "-solver={}"])
def test_however_the_solver_is_spelled(solver, spelled, tmp_path, capsys):
    assert train(*spelled.format(solver).split()) == 0
    assert (tmp_path / "small_iter_6.caffemodel").exists()


def test_it_says_what_caffe_says(solver, caplog):
    caplog.set_level("INFO", "mocha")
    assert train(solver) == 0
    for line in (
        "Iteration 3, loss = ",
        "Iteration 3, lr = 0.1",
        "Testing net (#0)",
        "Test net output #0: accuracy = ",
    ):
        assert line in caplog.text


def test_the_same_command_goes_on(solver, tmp_path, caplog):
    caplog.set_level("INFO", "mocha")
    assert train(solver, "--iterations", 4) == 0
    assert train(solver) == 0
    assert "continuing from iteration 4" in caplog.text
    assert train(solver, "--fresh", "--iterations", 1) == 0
    assert read_solver_state(tmp_path / "small_iter_1.solverstate").iter == 1


def test_from_weights_and_from_a_state(solver, tmp_path, caplog):
    caplog.set_level("INFO", "mocha")
    assert train(solver) == 0
    assert train(solver, "-weights", tmp_path / "small_iter_4.caffemodel", "--fresh", "--iterations", 1) == 0
    assert train(solver, "-snapshot", tmp_path / "small_iter_4.solverstate", "--iterations", 5) == 0
    assert "small_iter_4.solverstate; continuing from iteration 4" in caplog.text
    assert read_solver_state(tmp_path / "small_iter_5.solverstate").iter == 5


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        ((), "the solver is missing"),
        (("{}", "--snapshot", "{w}"), "is a .caffemodel, where a .solverstate"),
        (("{}", "--snapshot", "a.solverstate", "--weights", "{w}"), "not both"),
        (("{}", "--weights", "gone.caffemodel"), "there is no file 'gone.caffemodel'"),
        (("{}", "-gpu", "0,1"), "one GPU at a time"),
        (("{}", "--sigint_effect", "halt"), "invalid choice: 'halt'"),
    ],
)
def test_mistakes_are_one_sentence(args, fault, solver, tmp_path, capsys):
    assert train(solver, "--iterations", 4) == 0
    weights = tmp_path / "small_iter_4.caffemodel"
    try:
        status = train(*(str(arg).format(solver, w=weights) for arg in args))
    except SystemExit as error:
        status = error.code
    said = capsys.readouterr().err
    assert status
    assert fault in said
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to a process there")
def test_ctrl_c_ends_cleanly_and_the_same_command_goes_on(tmp_path):
    solver = write(tmp_path, solver_text("display: 1 max_iter: 100000 snapshot: 0"))
    words = [sys.executable, "-m", "mocha_core.cli.main", "caffe", "train", str(solver), "--backend", "cpu"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        next(line for line in process.stdout if "Iteration 5, loss" in line)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate()
    assert process.returncode == 0
    assert "SIGINT; start again to go on" in said
    assert errors == ""
    more = [*words, "--iterations", "1"]
    again = subprocess.run(more, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "continuing from iteration" in again.stdout
