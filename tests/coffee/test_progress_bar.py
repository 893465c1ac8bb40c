"""ProgressBar: what it shows where, and how often."""

from __future__ import annotations

import io
import re
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from mocha_core.coffee import ProgressBar, displays, progress_bar
from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, Solver, solve
from tests.solvers.fake_net import FakeNet

from .giving import Die, DieAt, Give


class Clock:
    """Time that passes only in the breaks of a training."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 100.0, step

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock(0.1)
    for module in (progress_bar, displays):
        monkeypatch.setattr(module, "time", clock)
    return clock


def run(clock: Clock, *names: str, die=None, max_iter: float = 20, **options) -> None:
    """Each iteration takes `clock.step` seconds."""

    class Pass(DieAt):
        def enjoy(self, lounge, net, state) -> None:
            clock.now += clock.step
            DieAt.enjoy(self, lounge, net, state)

    solver = Solver(SGD(), {"max_iter": max_iter})
    coffees = [Pass(die), Give("test-accuracy", [None, 0.5, None, 0.75]), ProgressBar(*names, **options)]
    for coffee in coffees:
        solver.add_coffee_break(coffee, every_n_iter=1)
    solve(solver, FakeNet())


def iterations(lines: list[str]) -> list[int]:
    return [int(re.match(r" *(\d+)", line)[1]) for line in lines]


def test_lines_elsewhere_every_n_seconds_and_at_the_end(clock, capsys):
    run(clock, "obj_val", "test-accuracy", seconds=0.55)
    lines = capsys.readouterr().out.splitlines()
    assert iterations(lines) == [0, 6, 12, 18, 20]
    assert re.fullmatch(r" +0/20 +[\d.]+/s  obj_val 0\.5000  test-accuracy \.\.\.", lines[0])
    assert re.fullmatch(r" +20/20 +9\.5/s  obj_val 0\.\d{4}  test-accuracy 0\.7500", lines[-1])


def test_a_last_line_is_not_said_twice(clock, capsys):
    run(clock, seconds=1, max_iter=0)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_how_it_ended_is_shown_after_an_error_too(clock, capsys):
    with pytest.raises(Die):
        run(clock, seconds=1000, die=7)
    assert iterations(capsys.readouterr().out.splitlines()) == [0, 7]


def test_a_training_without_an_end(clock, capsys):
    with pytest.raises(Die):
        run(clock, seconds=0.95, die=15, max_iter=float("inf"))
    lines = capsys.readouterr().out.splitlines()
    assert iterations(lines) == [0, 10, 15]
    assert "/s" in lines[0]
    assert "inf" not in lines[0]


def test_quiet_shows_nothing(clock, capsys):
    run(clock, quiet=True, seconds=0)
    assert capsys.readouterr().out == ""


class Handle:
    def __init__(self, shown: list[str]) -> None:
        self.shown = shown

    def update(self, content, *, raw) -> None:
        assert raw
        self.shown.append(content["text/plain"])


@pytest.fixture
def notebook(monkeypatch) -> list[str]:
    """What a notebook was given to show."""
    shown: list[str] = []

    def display(content, *, raw, display_id) -> Handle:
        assert raw
        assert display_id
        return Handle(shown)

    package, output = ModuleType("IPython"), ModuleType("IPython.display")
    package.get_ipython = lambda: SimpleNamespace(config={"IPKernelApp": {}})
    package.display, output.display = output, display
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", output)
    return shown


def test_a_notebook_is_shown_at_most_two_updates_a_second(clock, notebook, capsys):
    clock.step = 0.01
    run(clock, max_iter=200, seconds=10)  # two seconds
    assert capsys.readouterr().out == ""
    assert len(notebook) in (4, 5, 6)  # at 0, 0.5, 1, 1.5 seconds, by then perhaps at 2, and at the end
    assert iterations(notebook)[-1] == 200


def test_ipython_in_a_terminal_is_no_notebook(clock, notebook, monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: SimpleNamespace(config={}))
    run(clock, seconds=1000)
    assert notebook == []
    assert len(capsys.readouterr().out.splitlines()) == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch) -> Terminal:
    """Standard output from now on; no fixture, for pytest captures anew when the test itself begins."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    return terminal


def test_a_bar_on_a_terminal(clock, monkeypatch):
    pytest.importorskip("rich", reason="the bar is drawn by rich; pip install rich")
    output = terminal(monkeypatch)
    run(clock, "obj_val", "test-accuracy")
    text = output.getvalue()
    assert "\x1b[" in text  # moves the cursor
    assert "20/20" in text
    assert "test-accuracy 0.7500" in text
    assert sys.stdout is output


def test_lines_on_a_terminal_without_rich(clock, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    output = terminal(monkeypatch)
    run(clock, seconds=1000)
    assert iterations(output.getvalue().splitlines()) == [0, 20]


@pytest.mark.parametrize("seconds", [-1, "5", float("nan"), float("inf"), True, np.array([1.0, 2.0]), 10**400])
def test_impossible_options_are_refused(seconds):
    with pytest.raises(OptionError, match="seconds is a number, at least 0"):
        ProgressBar(seconds=seconds)
