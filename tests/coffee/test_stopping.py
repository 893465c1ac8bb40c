"""`SolverState.stop`: a break ends the training as if `max_iter` were reached."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.coffee import Coffee, Snapshot
from mocha_core.io.nested import put_back, take_out
from mocha_core.io.snapshot_file import read_snapshot
from mocha_core.solvers import SGD, Solver, finalize_solve, init_solve, onestep_solve, solve
from tests.solvers.fake_net import FakeNet


class StopAt(Coffee):
    """Stops the training at some iterations."""

    def __init__(self, *iterations: int, reason: str = "enough") -> None:
        self.iterations, self.reason = iterations, reason

    def enjoy(self, lounge, net, state) -> None:
        if state.iter in self.iterations:
            state.stop(self.reason)


def make_solver(*coffees: Coffee, max_iter: int = 10) -> Solver:
    solver = Solver(SGD(), {"max_iter": max_iter})
    for coffee in coffees:
        solver.add_coffee_break(coffee, every_n_iter=1)
    return solver


@pytest.mark.parametrize("when", [0, 1, 4])
def test_the_breaks_of_the_iteration_are_taken_and_then_it_ends(when, tmp_path, caplog):
    caplog.set_level("INFO", "mocha")
    solver = make_solver(StopAt(when), StopAt(when, reason="another"), Snapshot(tmp_path, keep=1))
    solve(solver, FakeNet())
    assert solver.state.iter == when
    assert [path.name for path in tmp_path.iterdir()] == [f"snapshot-{when:06d}.h5"]
    assert caplog.messages[-1] == f"Stopped after {when} updates: enough"


def test_a_training_that_was_not_stopped_has_no_reason():
    solver = make_solver(StopAt(11))
    solve(solver, FakeNet())
    assert solver.state.stop_reason is None


def test_solve_goes_on_after_a_stop():
    solver, net = make_solver(StopAt(2, 5)), FakeNet()
    ends = []
    for _ in range(3):
        solve(solver, net)
        ends.append((solver.state.iter, solver.state.stop_reason))
    assert ends == [(2, "enough"), (5, "enough"), (10, None)]


def test_a_loop_of_ones_own_sees_it():
    solver, net = make_solver(StopAt(3, reason="")), FakeNet()
    state = init_solve(solver, net)
    while state.stop_reason is None:
        onestep_solve(solver, net, state)
    finalize_solve(solver, net, state)
    assert state.iter == 3


def test_arrays_in_the_state_of_a_break_are_kept_in_snapshots(tmp_path):
    kept = {"a": [1, {"b": np.arange(6.0).reshape(2, 3)}], "c": np.float32([7]), "d": None, "e": np.zeros((0, 2))}

    class Holder(Coffee):
        def enjoy(self, lounge, net, state) -> None:
            pass

        def state(self):
            return kept

    solve(make_solver(Holder(), Snapshot(tmp_path), max_iter=0), FakeNet())
    contents = read_snapshot(tmp_path / "snapshot-000000.h5")
    assert set(contents.parameters) == {"ip___weight", "norm___mean"}
    (name, found), _ = contents.record["lounge"]["coffees"]
    assert name == "Holder"
    np.testing.assert_array_equal(found["a"][1]["b"], kept["a"][1]["b"], strict=True)
    np.testing.assert_array_equal(found["c"], kept["c"], strict=True)
    np.testing.assert_array_equal(found["e"], kept["e"], strict=True)
    assert (found["a"][0], found["d"]) == (1, None)


def test_what_has_no_arrays_stays_as_it_is():
    arrays: dict = {}
    value = {"a": [1, "x", {"b": None}], "__array__": {"c": 1.5}}
    assert put_back(take_out(value, arrays), arrays) == value
    assert arrays == {}
