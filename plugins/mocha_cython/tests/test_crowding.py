"""A team that is held up makes way for one thread, comes back, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Net
from mocha_cython import CythonBackend, crowding
from mocha_cython.crowding import Crowding, Program

from .test_trajectories import layers


class Machine:
    """A clock, and steps that take as long as the machine lets them: a team is held up while others are there."""

    def __init__(self) -> None:
        self.now, self.crowded, self.single = 0.0, False, False
        self.log: list[str] = []

    def clock(self) -> float:
        return self.now

    def set_alone(self, alone: bool) -> None:
        self.single = alone

    def steps(self) -> None:
        self.log.append("one" if self.single else "team")
        self.now += 0.002 if self.single else 0.05 if self.crowded else 0.001


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def program(machine: Machine) -> Program:
    return Program(machine.steps, Crowding(machine.clock), machine.set_alone)


def run(program: Program, count: int) -> None:
    for _ in range(count):
        program()


def test_on_a_quiet_machine_the_team_does_everything(machine: Machine, program: Program) -> None:
    run(program, 1000)
    assert set(machine.log) == {"team"}


def test_held_up_once_is_nothing(machine: Machine, program: Program) -> None:
    run(program, 5)
    machine.crowded = True
    run(program, 1)
    machine.crowded = False
    run(program, 5)
    assert set(machine.log) == {"team"}


def test_a_short_run_that_takes_a_little_longer_is_nothing(machine: Machine, program: Program) -> None:
    program.fastest = 1e-5
    run(program, 50)
    assert program.crowding.times_alone == 0


def test_on_a_crowded_machine_one_thread_does_most(machine: Machine, program: Program) -> None:
    run(program, 5)
    machine.crowded, machine.log = True, []
    start = machine.now
    run(program, 2000)
    assert machine.log[: crowding.STRIKES] == ["team"] * crowding.STRIKES
    assert machine.log.count("team") < 20
    assert machine.now - start < 2000 * 0.003
    assert program.crowding.times_alone == machine.log.count("one")


def test_the_team_comes_back(machine: Machine, program: Program) -> None:
    run(program, 5)
    machine.crowded = True
    run(program, 50)
    machine.crowded, machine.log = False, []
    run(program, 5000)
    assert machine.log[-100:] == ["team"] * 100


def test_an_error_leaves_the_team_as_it_was(machine: Machine) -> None:
    def fails() -> None:
        raise ValueError("broken")

    program = Program(fails, Crowding(machine.clock, until=1.0), machine.set_alone)
    with pytest.raises(ValueError, match="broken"):
        program()
    assert not machine.single


def test_the_same_bits_alone() -> None:
    """Forward and backward: by three threads, and cut for three but done by one."""
    results = []
    for until in (0.0, float("inf")):
        backend = CythonBackend(threads=3, autotune=False)
        backend.crowding.until = until
        net = Net("n", backend, layers())
        net.forward_backward()
        results.append([t.diff.to_array() for t in net.trainable])
        assert (backend.crowding.times_alone > 0) == (until > 0)
        net.close()
    for team, one in zip(*results, strict=True):
        np.testing.assert_array_equal(team, one)
