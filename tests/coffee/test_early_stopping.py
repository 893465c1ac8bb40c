"""EarlyStopping: when it stops, what the net has then, and that a resume does not change either."""

from __future__ import annotations

import math

import pytest

from mocha_core.coffee import EarlyStopping, Snapshot, TrainingSummary
from mocha_core.errors import NumericalError, OptionError, SolverError
from mocha_core.io import load_network
from mocha_core.solvers import SGD, LRPolicy, Solver, solve
from tests.io.training import bits, real_net
from tests.solvers.fake_net import FakeNet

from .giving import Die, DieAt, Give

HALF = LRPolicy.Fixed(0.5)


def run(
    net, values, *, folder=None, die=None, max_iter=50, lr_policy=HALF, load_from="", file="", first=None, **options
):
    """Train with `values` as the statistic; snapshots every other iteration, before the other breaks but `first`."""
    solver = Solver(SGD(), {"max_iter": max_iter, "regu_coef": 0.0, "lr_policy": lr_policy, "load_from": load_from})
    solver.setup_coffee_lounge(save_into=file)
    stopping = EarlyStopping("v", **{"mode": "max", "patience": 3, **options})
    if first is not None:
        solver.add_coffee_break(first, every_n_iter=1)
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=2)
    for coffee in (Give("v", values), DieAt(die), stopping):
        solver.add_coffee_break(coffee, every_n_iter=1)
    solve(solver, net)
    return solver, stopping


def test_stops_when_patience_is_over_and_restores_the_best():
    net = FakeNet()
    solver, stopping = run(net, [1, 2, 5, 4, 5, 3, 9])
    assert solver.state.iter == 5
    assert solver.state.stop_reason == "v was best (5) at iteration 2"
    assert (stopping.result.best_iteration, stopping.result.best_value) == (2, 5.0)
    assert net.weight == 0.25  # after two updates; 0.03125 after five


def test_low_values_are_good_in_mode_min():
    solver, stopping = run(FakeNet(), [3, 2, 1, 2, 3, 1, 0], mode="min")
    assert (solver.state.iter, stopping.result.best_iteration) == (5, 2)


def test_a_gain_must_exceed_min_delta():
    values = [1.0, 1.25, 1.5, 9.0]
    solver, stopping = run(FakeNet(), values, min_delta=0.5, patience=2)
    assert (solver.state.iter, stopping.result.best_iteration) == (2, 0)


def test_the_parameters_may_stay_as_they_are():
    net = FakeNet()
    run(net, [5, 4, 3, 2], restore_best=False)
    assert net.weight == 0.125


def test_nan_is_never_good():
    solver, stopping = run(FakeNet(), [math.nan, 1, math.nan, math.nan, math.nan])
    assert (solver.state.iter, stopping.result.best_value) == (4, 1.0)


def test_nan_from_the_start_ends_the_training_with_a_word():
    net = FakeNet()
    solver, stopping = run(net, [math.nan] * 9)
    assert solver.state.iter == 2
    assert solver.state.stop_reason == "v was NaN 3 times in a row, and never a number"
    assert stopping.result.best_iteration is None
    assert net.weight == 0.25


def test_values_of_an_earlier_training_do_not_count(tmp_path):
    """They are merged into the same statistics file."""
    run(FakeNet(), [9] * 20, max_iter=12, patience=99, file=tmp_path / "s.h5")
    solver, stopping = run(FakeNet(), [1, *[None] * 4] * 9, max_iter=12, file=tmp_path / "s.h5")
    assert (solver.state.iter, stopping.result.best_value, stopping.result.checks_since) == (12, 1, 2)


def test_iterations_without_a_value_do_not_count():
    solver, _ = run(FakeNet(), [1, None, None, None, 2, None, 1, None, 1, None, 1, None])
    assert solver.state.iter == 10


def test_the_objective_can_be_watched_without_being_recorded():
    solver = Solver(SGD(), {"max_iter": 100, "regu_coef": 0.0, "lr_policy": LRPolicy.Fixed(2.0)})
    solver.add_coffee_break(EarlyStopping("obj_val", "min", 4), every_n_iter=1)
    solve(solver, FakeNet())  # w goes 1, -1, 1, ...
    assert solver.state.iter == 4


def test_the_best_is_restored_when_max_iter_ends_the_training():
    net = FakeNet()
    run(net, [1, 9, 2, 3], max_iter=3)
    assert net.weight == 0.5


def test_the_best_is_restored_when_an_error_ends_the_training():
    net = FakeNet()
    with pytest.raises(Die):
        run(net, [1, 9, 2, 3], die=3)
    assert net.weight == 0.5


@pytest.mark.filterwarnings("ignore:overflow")
def test_the_best_is_restored_after_divergence():
    net = FakeNet()
    with pytest.raises(NumericalError):
        run(net, [9, 1, 1], lr_policy=LRPolicy.Fixed(1e200))
    assert net.weight == 1.0


def test_what_is_not_trained_is_restored_too():
    net = FakeNet()
    run(net, [1, 9, 2, 3], max_iter=3)
    assert net.values()["norm___mean"].tolist() == [1.0]  # batches 0 and 1; 0 + 1 + 2 + 3 at the end


def test_the_best_is_written_beside_the_snapshots(tmp_path, caplog):
    caplog.set_level("INFO", "mocha")
    net, best, newest = FakeNet(), FakeNet(), FakeNet()
    run(net, [1, 2, 5, 4, 5, 3, 9], folder=tmp_path)
    load_network(tmp_path / "best.h5", best)
    load_network(tmp_path / "snapshot-000005.h5", newest)
    assert (best.weight, newest.weight) == (0.25, 0.03125)
    assert bits(best) == bits(net)
    assert f"They are in {tmp_path / 'best.h5'}; the newest snapshot has those of the last iteration" in caplog.messages


def test_the_best_is_written_when_an_error_ends_the_training(tmp_path):
    best = FakeNet()
    with pytest.raises(Die):
        run(FakeNet(), [1, 9, 2, 3], die=3, folder=tmp_path)
    load_network(tmp_path / "best.h5", best)
    assert best.weight == 0.5


def test_the_best_is_written_by_a_resume_that_has_nothing_left_to_do(tmp_path):
    solver = Solver(SGD(), {"max_iter": 3, "load_from": tmp_path / "snapshot-000003.h5"})
    run(FakeNet(), [1, 9, 2, 3], folder=tmp_path, max_iter=3)
    solver.add_coffee_break(Snapshot(tmp_path / "new"), every_n_iter=2)
    solver.add_coffee_break(EarlyStopping("v", "max"), every_n_iter=2)  # no break is due at 3
    solve(solver, FakeNet())
    assert (tmp_path / "new" / "best.h5").read_bytes() == (tmp_path / "best.h5").read_bytes()


def test_without_a_best_none_is_written(tmp_path):
    run(FakeNet(), [5, 4, 3, 2], folder=tmp_path, restore_best=False)
    assert not (tmp_path / "best.h5").exists()


def test_solving_again_goes_on_with_new_patience():
    net = FakeNet()
    solver, stopping = run(net, [5, 4, 3, 2, 1, 0, 0, 9, 1, 1, 1])
    assert solver.state.iter == 3
    solve(solver, net)
    assert (solver.state.iter, stopping.result.best_iteration) == (6, 0)
    assert net.weight == 1.0


def test_another_training_starts_from_nothing():
    solver, stopping = run(FakeNet(), [5, 4, 3, 2])
    solver.coffee_lounge.breaks[0].coffee.values = [1, 0, 0, 0]
    solve(solver, FakeNet())
    assert stopping.result.best_value == 1.0


VALUES = [1, 2, 6, 3, 4, 5, 4, 5]


@pytest.mark.parametrize("die", [1, 3, 4, 5])
def test_killed_and_resumed_it_ends_as_if_left_alone(tmp_path, die):
    whole, resumed = real_net(), real_net()
    options = {"patience": 5, "lr_policy": LRPolicy.Fixed(0.1)}
    straight, first = run(whole, VALUES, **options)
    with pytest.raises(Die):
        run(real_net(), VALUES, folder=tmp_path, die=die, **options)
    again, second = run(resumed, VALUES, folder=tmp_path, load_from=tmp_path, **options)
    assert second.result == first.result
    assert again.state.iter == straight.state.iter == 7
    assert again.state.stop_reason == straight.state.stop_reason
    assert bits(resumed) == bits(whole)


def test_the_best_before_the_kill_comes_out_of_the_snapshot(tmp_path):
    net = FakeNet()
    with pytest.raises(Die):
        run(FakeNet(), [1, 9, 2, 3, 4, 5, 6, 7], folder=tmp_path, die=5, patience=9)
    run(net, [0] * 8, folder=tmp_path, load_from=tmp_path, max_iter=6, patience=9)
    assert net.weight == 0.5


@pytest.mark.parametrize("first", [TrainingSummary(), EarlyStopping("obj_val", "min", 99, restore_best=False)])
def test_a_break_added_before_it_at_the_resume_does_not_make_it_forget(tmp_path, first):
    with pytest.raises(Die):
        run(FakeNet(), VALUES, folder=tmp_path, die=5, patience=5)
    _, stopping = run(FakeNet(), VALUES, folder=tmp_path, load_from=tmp_path, patience=5, first=first)
    assert (stopping.result.best_iteration, stopping.result.best_value) == (2, 6)


def test_a_training_that_was_stopped_stays_stopped(tmp_path):
    for _ in range(2):
        solver, _ = run(FakeNet(), [5, 4, 3, 2, 9, 9], folder=tmp_path, load_from=tmp_path)
        assert solver.state.iter == 3
    solver, _ = run(FakeNet(), [5, 4, 3, 2, 9, 8, 8, 8], folder=tmp_path, load_from=tmp_path, patience=4)
    assert solver.state.iter == 50  # with more patience it goes on, and finds 9; then nobody records any more


def test_what_was_found_of_another_statistic_is_forgotten(tmp_path):
    with pytest.raises(Die):
        run(FakeNet(), [9, 8, 7, 6], folder=tmp_path, die=3)
    _, stopping = run(FakeNet(), [9, 8, 7, 6], folder=tmp_path, load_from=tmp_path, mode="min", max_iter=3)
    assert stopping.result.best_iteration == 3


def test_a_value_that_is_seen_too_late_is_an_error():
    solver = Solver(SGD(), {"max_iter": 5})
    solver.add_coffee_break(EarlyStopping("v", "max", 1), every_n_iter=1)
    solver.add_coffee_break(Give("v", [1, 2, 3]), every_n_iter=1)
    with pytest.raises(SolverError, match=r"'v' of iteration 0 only now, at iteration 1, .* add it after the break"):
        solve(solver, FakeNet())


def test_a_name_that_nobody_records_is_told_once(caplog):
    run(FakeNet(), [None] * 50, max_iter=10)
    (message,) = (m for m in caplog.messages if "EarlyStopping waits for 'v'" in m)
    assert "obj_val" in message


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mode": "best"}, 'mode is "min" or "max"'),
        ({"patience": 0}, "patience is a whole number above 0"),
        ({"min_delta": -1}, "min_delta is a number, at least 0"),
    ],
)
def test_impossible_options_are_refused(options, told):
    with pytest.raises(OptionError, match=told):
        EarlyStopping("v", **{"mode": "max", **options})
