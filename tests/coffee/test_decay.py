"""A validation steers the learning rate: what is kept, when training turns back, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mocha_core.coffee import Coffee, TrainingSummary, ValidationPerformance, setup
from mocha_core.errors import OptionError, SolverError
from mocha_core.solvers import SGD, Adam, LRPolicy, MomPolicy, Nesterov, Policy, Solver, SolverMethod, solve
from mocha_core.solvers.decay_on_validation import steered_policies
from tests.solvers.fake_net import FakeNet

from .scripted import KEY, ScriptedNet

RATE, PLAIN = 0.5, SGD()
HIGH = LRPolicy.DecayOnValidation(RATE, KEY, mode="max")
LOW = LRPolicy.DecayOnValidation(RATE, KEY, mode="min")


class Net(FakeNet):
    """Its gradient is that of the weights that the last forward saw, as in nets with layers."""

    def forward(self) -> float:
        self.seen = {p.path: p.blob.to_array() for p in self.parameters}
        return FakeNet.forward(self)

    def backward(self) -> None:
        for path, values in self.seen.items():
            self.diffs[path].set(values - self.target)


class Watch(Coffee):
    """Notes weight and learning rate at every break."""

    def __init__(self) -> None:
        self.weights: list[float] = []
        self.rates: list[float] = []

    def enjoy(self, lounge, net, state) -> None:
        self.weights.append(net.weight)
        self.rates.append(state.fields["learning_rate"])


def make_solver(
    scores: list[float],
    policy: Policy = HIGH,
    method: SolverMethod = PLAIN,
    *,
    every: int = 1,
    **options: Any,
) -> tuple[Solver, Watch]:
    """One that validates before the first update, and after each of as many as there are more scores."""
    solver = Solver(method, {"max_iter": every * (len(scores) - 1), "regu_coef": 0.0, "lr_policy": policy, **options})
    validation, watch = ValidationPerformance(ScriptedNet(scores)), Watch()
    solver.add_coffee_break(validation, every_n_iter=every)
    solver.add_coffee_break(watch, every_n_iter=1)
    (steering,) = steered_policies(solver)
    setup(steering, validation, solver)
    return solver, watch


def train(scores: list[float], *args: Any, **options: Any) -> Watch:
    solver, watch = make_solver(scores, *args, **options)
    solve(solver, Net())
    return watch


def test_while_it_gets_better_nothing_changes():
    watch = train([0.1, 0.2, 0.3, 0.4])
    assert watch.weights == [1.0, 0.5, 0.25, 0.125]
    assert watch.rates == [RATE] * 4


def test_a_worse_score_halves_the_rate_and_goes_back_to_the_best_parameters():
    watch = train([0.1, 0.3, 0.2, 0.4])
    # after update 2 it is worse than after update 1, whose weight is 0.5: update 3 is 0.5 - 0.25 * 0.5
    assert watch.weights == [1.0, 0.5, 0.25, 0.375]
    assert watch.rates == [RATE, RATE, RATE, RATE / 2]


def test_the_other_direction():
    assert train([0.1, 0.3, 0.2], LOW).rates == [RATE, RATE, RATE / 2]
    assert train([0.3, 0.2, 0.1, 0.0], LOW).rates == [RATE] * 4


def test_it_is_the_best_score_that_counts_not_the_one_before():
    """Mocha.jl compared the last two records, and after going back those of iterations that had not happened."""
    watch = train([0.1, 0.5, 0.2, 0.3, 0.4, 0.6])
    assert watch.rates == [RATE, RATE, RATE, RATE / 2, RATE / 4, RATE / 8]
    assert watch.weights == [1.0, 0.5, 0.25, 0.5 * (1 - RATE / 2), 0.5 * (1 - RATE / 4), 0.5 * (1 - RATE / 8)]


def test_time_never_goes_back():
    solver, _ = make_solver([0.5, 0.4, 0.3, 0.2, 0.1])
    solver.add_coffee_break(TrainingSummary("iter", "learning_rate"), every_n_iter=1)
    solve(solver, Net())
    assert list(solver.coffee_lounge.get_statistics(KEY)) == [0, 1, 2, 3, 4]
    assert list(solver.coffee_lounge.get_statistics("learning_rate")) == [0, 1, 2, 3, 4]


def test_an_equal_score_is_neither_better_nor_worse():
    watch = train([0.2, 0.2, 0.2, 0.1, 0.2])
    assert watch.rates == [RATE] * 4 + [RATE / 2]
    assert watch.weights[-1] == 1.0 - RATE / 2  # back at the first of the equals


@pytest.mark.parametrize("policy", [HIGH, LOW], ids=["max", "min"])
def test_nan_is_worse_than_anything(policy):
    assert train([0.2, math.nan, 0.2], policy).rates == [RATE, RATE, RATE / 2]
    better = 0.3 if policy is HIGH else 0.1
    assert train([math.nan, better, better], policy).rates == [RATE] * 3


def test_below_the_minimum_it_neither_falls_nor_turns_back():
    policy = LRPolicy.DecayOnValidation(RATE, KEY, 0.25, RATE / 4, mode="max")
    watch = train([0.5, 0.4, 0.3, 0.2, 0.1], policy)
    assert watch.rates == [RATE, RATE, RATE / 4, RATE / 16, RATE / 16]
    assert watch.weights[-1] == watch.weights[-2] * (1 - RATE / 16)


def test_the_history_comes_back_too():
    options = {"mom_policy": MomPolicy.Fixed(0.5), "every": 2}
    watch = train([0.1, 0.3, 0.2, 0.4], method=Nesterov(), **options)
    solver, best = make_solver([0.1, 0.3], method=Nesterov(), **options)
    net = Net()
    solve(solver, net)  # stops where the score is best, its history as it is
    history = solver.state.updater.histories["ip___weight"]["history"].to_array()[0]
    fast, slow = 0.5 * history, 0.5 * history - RATE / 2 * net.weight
    assert watch.weights[:3] == best.weights
    assert watch.weights[5] == pytest.approx(net.weight - fast + 1.5 * slow, rel=0, abs=1e-15)


def test_the_updates_that_did_not_count_are_not_counted():
    solver, _ = make_solver([0.5, 0.4, 0.6], method=Adam())
    solve(solver, Net())
    assert solver.state.updater.updates == {"ip___weight": 1}
    assert solver.state.iter == 2


def test_breaks_after_it_see_what_the_validation_saw():
    """So do those of a training that is resumed here; going back waits for the next update."""
    solver, _ = make_solver([0.5, 0.4])
    net = Net()
    solve(solver, net)
    assert net.weight == 0.5
    assert solver.state.fields["learning_rate"] == RATE
    assert len(solver.state.todo) == 1
    solver.params = solver.params.replace(max_iter=2)
    solver.coffee_lounge.breaks[0].coffee.net.scores.append(0.6)
    solve(solver, net)
    assert net.weight == 1.0 - RATE / 2


def test_it_may_be_a_stage():
    warm = LRPolicy.Staged((2, LRPolicy.Fixed(0.25)), (1, HIGH))
    assert train([0.1, 0.2, 0.3, 0.4, 0.3, 0.5], warm).rates == [0.25, 0.25, 0.25, RATE, RATE, RATE / 2]


def test_after_its_stage_it_leaves_the_training_alone():
    watch = train([0.1, 0.2, 0.3, 0.2, 0.1, 0.0], LRPolicy.Staged((2, HIGH), (1, LRPolicy.Fixed(0.25))))
    assert watch.rates == [RATE, RATE, RATE, 0.25, 0.25, 0.25]
    assert watch.weights == [1.0, 0.5, 0.25, 0.25 * 0.75, 0.25 * 0.75**2, 0.25 * 0.75**3]


def test_before_its_stage_it_leaves_the_training_alone():
    watch = train([0.9, 0.8, 0.7, 0.4, 0.3, 0.5], LRPolicy.Staged((2, LRPolicy.Fixed(0.25)), (1, HIGH)))
    assert watch.rates == [0.25, 0.25, 0.25, RATE, RATE, RATE / 2]
    first = 0.75**2 * (1 - RATE)  # the best of its own stage, to which it goes back after update 4
    assert watch.weights == [1.0, 0.75, 0.75**2, first, first * (1 - RATE), first * (1 - RATE / 2)]


def test_a_stage_within_a_stage():
    inner = LRPolicy.Staged((2, HIGH), (1, LRPolicy.Fixed(0.25)))
    solver = Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Staged((4, inner), (1, LRPolicy.Fixed(0.125)))})
    policy = solver.params["lr_policy"]
    assert [policy.serving(i).base for i in range(7)] == [RATE, RATE, RATE, 0.25, 0.25, 0.125, 0.125]
    assert policy.serving(1) is HIGH


def test_going_back_at_the_end_of_its_stage_tells_the_rate_of_the_next(caplog):
    caplog.set_level("INFO", "mocha")
    watch = train([0.1, 0.3, 0.2, 0.2], LRPolicy.Staged((2, HIGH), (1, LRPolicy.Fixed(0.125))))
    assert watch.weights[-1] == 0.5 * (1 - 0.125)
    (told,) = (message for message in caplog.messages if "going back" in message)
    assert told.endswith("with a learning rate of 0.125")


def test_another_training_starts_with_nothing_kept():
    solver, watch = make_solver([0.5, 0.4, 0.1, 0.2])
    solver.params = solver.params.replace(max_iter=1)
    solve(solver, Net())
    solve(solver, Net())
    assert watch.rates == [RATE] * 4
    assert solver.state.todo == []


@pytest.mark.parametrize(("policy", "best"), [(HIGH, 0.5), (HIGH.replace(gamma=0.25), None)])
def test_a_resume_goes_on_with_what_was_found_for_this_policy_only(policy, best):
    solver, _ = make_solver([0.4, 0.5])
    solve(solver, Net())
    resumed, _ = make_solver([0.3], policy)
    resumed.coffee_lounge.restore(solver.coffee_lounge.state())
    found = resumed.coffee_lounge.breaks[1].coffee.best
    assert (None if found is None else found.score) == best


def test_a_key_that_nobody_records_is_refused_before_training():
    policy = LRPolicy.DecayOnValidation(RATE, "test-acuracy", mode="max")
    solver, watch = make_solver([0.1, 0.2], policy)
    with pytest.raises(OptionError, match="net 'test' has no statistic 'test-acuracy'; did you mean 'test-accuracy'"):
        solve(solver, Net())
    assert watch.rates == []


@pytest.mark.parametrize("policy", [HIGH, LRPolicy.Staged((2, LRPolicy.Fixed(0.1)), (1, HIGH))], ids=repr)
def test_without_setup_it_is_refused_before_training(policy):
    with pytest.raises(SolverError, match=r"call setup\(policy, validation, solver\)"):
        solve(Solver(SGD(), {"max_iter": 1, "lr_policy": policy}), Net())


def test_what_setup_refuses():
    solver = Solver(SGD(), {"max_iter": 1, "lr_policy": HIGH})
    validation = ValidationPerformance(ScriptedNet([]))
    with pytest.raises(OptionError, match="first add_coffee_break"):
        setup(HIGH, validation, solver)
    solver.add_coffee_break(validation, every_n_iter=1)
    setup(HIGH, validation, solver)
    with pytest.raises(OptionError, match=r"steers .* already"):
        setup(HIGH, validation, solver)
    with pytest.raises(OptionError, match=r"setup is for an LRPolicy\.DecayOnValidation"):
        setup(LRPolicy.Fixed(0.1), validation, solver)
