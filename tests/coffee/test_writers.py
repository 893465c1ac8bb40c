"""What writers give to a sink: everything once, in order, whatever ended the training."""

from __future__ import annotations

import pytest

from mocha_core.coffee import Sink, Snapshot, TrainingSummary, WriteTo
from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, Solver, solve
from tests.solvers.fake_net import FakeNet

from .giving import Die, DieAt, Give


class Keep(Sink):
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, dict[str, float]]] = []
        self.closed = False

    def log(self, iteration, values) -> None:
        assert not self.closed
        self.rows.append((iteration, dict(values)))

    def close(self) -> None:
        self.closed = True


def make_solver(*coffees, max_iter=4, folder=None, **params) -> Solver:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=2)
    for coffee in coffees:
        solver.add_coffee_break(coffee, every_n_iter=1)
    return solver


def rows_of(sinks: list[Keep]) -> list[list[int]]:
    return [[iteration for iteration, _ in sink.rows] for sink in sinks]


def keeping() -> tuple[list[Keep], WriteTo]:
    """A break, and the sinks it makes."""
    sinks: list[Keep] = []

    def make() -> Keep:
        sinks.append(Keep())
        return sinks[-1]

    return sinks, WriteTo(make)


@pytest.mark.parametrize("writer_first", [True, False])
def test_all_of_an_iteration_comes_together_in_whatever_order_breaks_were_added(writer_first):
    sinks, writer = keeping()
    others = [TrainingSummary(), Give("v", [7, None, 8])]
    solve(make_solver(*([writer, *others] if writer_first else [*others, writer])), FakeNet())
    (sink,) = sinks
    assert rows_of(sinks) == [[0, 1, 2, 3, 4]]
    assert [set(values) for _, values in sink.rows] == [
        {"obj_val", "v"}, {"obj_val"}, {"obj_val", "v"}, {"obj_val"}, {"obj_val"},
    ]  # fmt: skip
    assert sink.rows[2][1]["v"] == 8
    assert sink.closed


def test_iterations_without_a_record_are_left_out_and_rare_breaks_miss_nothing():
    sinks, writer = keeping()
    solver = make_solver(Give("v", [None, 1, None, 2, None, None, 3, None]), max_iter=7)
    solver.add_coffee_break(writer, every_n_iter=5)
    solve(solver, FakeNet())
    assert sinks[0].rows == [(1, {"v": 1.0}), (3, {"v": 2.0}), (6, {"v": 3.0})]


def test_what_was_recorded_before_an_error_is_written_and_the_sink_closed():
    sinks, writer = keeping()
    with pytest.raises(Die):
        solve(make_solver(TrainingSummary(), DieAt(2), writer), FakeNet())
    assert rows_of(sinks) == [[0, 1, 2]]
    assert sinks[0].closed


def test_solving_again_goes_on():
    sinks, writer = keeping()
    solver, net = make_solver(TrainingSummary(), writer, max_iter=2), FakeNet()
    solve(solver, net)
    solver.params = solver.params.replace(max_iter=4)
    solve(solver, net)
    assert rows_of(sinks) == [[0, 1, 2], [3, 4]]


def test_a_resumed_training_goes_on_at_its_snapshot(tmp_path):
    sinks, writer = keeping()
    with pytest.raises(Die):
        solve(make_solver(TrainingSummary(), writer, DieAt(3), folder=tmp_path), FakeNet())
    sinks, writer = keeping()
    solve(make_solver(TrainingSummary(), writer, DieAt(None), folder=tmp_path, load_from=tmp_path), FakeNet())
    assert rows_of(sinks) == [[1, 2, 3, 4]]  # the snapshot was written before the other breaks of iteration 2


def test_a_writer_that_is_new_in_a_resumed_training_writes_everything(tmp_path):
    solve(make_solver(TrainingSummary(), folder=tmp_path, max_iter=2), FakeNet())
    sinks, writer = keeping()
    solve(make_solver(TrainingSummary(), writer, folder=tmp_path, load_from=tmp_path), FakeNet())
    assert rows_of(sinks) == [[0, 1, 2, 3, 4]]


def test_a_sink_that_exists_already_is_refused():
    with pytest.raises(OptionError, match=r"WriteTo\(MySink\)"):
        WriteTo(Keep())
