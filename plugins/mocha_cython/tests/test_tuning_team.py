"""A machine on which nothing can be measured is noticed; threads that others leave awake count."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from mocha_core import InnerProductLayer, Layer, MemoryDataLayer, Net
from mocha_core.testing import grid
from mocha_cython import CythonBackend
from mocha_cython.tuning import Tuner
from mocha_cython.tuning.store import Store
from mocha_cython.tuning.team import BELIEVED, RUNS, Team


class Machine:
    """A team whose loops take the seconds given, and the clock that tells them."""

    threads = 2

    def __init__(self, seconds: Iterator[float]) -> None:
        self.now, self.seconds, self.loops = 0.0, seconds, 0

    def clock(self) -> float:
        return self.now

    def add(self, target: object, source: object) -> None:
        self.loops += 1
        self.now += next(self.seconds)


def test_a_quiet_machine() -> None:
    machine = Machine(itertools.cycle([1e-5, 1.5e-5, 2e-5]))
    assert not Team(machine, machine.clock).is_held_up()
    assert machine.loops == RUNS + 1


def test_a_busy_machine_is_believed_to_be_so_for_a_while() -> None:
    machine = Machine(itertools.cycle([1e-5, 4e-3, 4e-3]))
    team = Team(machine, machine.clock)
    assert [team.is_held_up() for _ in range(5)] == [True] * 5
    assert machine.loops == RUNS + 1
    machine.now += BELIEVED
    machine.seconds = itertools.cycle([1e-5])
    assert not team.is_held_up()


def test_one_thread_is_never_held_up_by_another() -> None:
    machine = Machine(iter(()))
    machine.threads = 1
    assert not Team(machine, machine.clock).is_held_up()


def layers() -> list[Layer]:
    data = MemoryDataLayer(data=[grid((50, 300), 1)], tops=["x"], batch_size=50)
    return [data, InnerProductLayer(name="ip", output_dim=120, bottoms=["x"], tops=["y"])]


@pytest.mark.parametrize("held_up", [True, False])
def test_what_was_not_measured_is_not_kept(held_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mocha_cython.tuning.tuner.Team.is_held_up", lambda team: held_up)
    backend = CythonBackend(threads=2, autotune=False)
    backend.tuner = Tuner(backend, Store(tmp_path / "tuning.json", {}))
    net = Net("n", backend, layers(), phase="test")
    assert "mocha_cython.InnerProduct" in net.explain() or not held_up
    assert (tmp_path / "tuning.json").exists() != held_up


def test_the_loop_is_timed_with_a_kernel_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loops = []
    monkeypatch.setattr(Team, "is_held_up", lambda team: False)
    monkeypatch.setattr(Team, "loop", lambda team: loops.append(team))
    backend = CythonBackend(threads=1, autotune=False)
    backend.tuner = Tuner(backend, Store(tmp_path / "tuning.json", {}))
    Net("n", backend, layers(), phase="test")
    assert loops
