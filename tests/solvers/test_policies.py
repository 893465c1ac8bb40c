"""Policies: the worked numbers of the manual's formulas, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.solvers import LRPolicy, MomPolicy

UPDATES = range(1, 8)


def test_fixed():
    assert {LRPolicy.Fixed(0.1)(i) for i in UPDATES} == {0.1}


def test_step():
    assert [LRPolicy.Step(0.1, 0.5, 3)(i) for i in UPDATES] == [0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]


def test_exp():
    assert [LRPolicy.Exp(1.0, 0.5)(i) for i in (0, 1, 2, 3)] == [1.0, 0.5, 0.25, 0.125]


def test_inv():
    found = [LRPolicy.Inv(0.01, 1e-4, 0.75)(i) for i in (1, 100, 10_000)]
    assert found == pytest.approx([0.00999925, 0.00992565, 0.00594604], abs=5e-9)


def test_momentum_step_and_linear_stop_at_their_maximum():
    assert [MomPolicy.Step(0.25, 2, 2, 0.9)(i) for i in UPDATES] == [0.25, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9]
    assert [MomPolicy.Linear(0.5, 0.25, 2, 0.9)(i) for i in UPDATES] == [0.5, 0.75, 0.75, 0.9, 0.9, 0.9, 0.9]


def test_momentum_step_does_not_overflow_after_a_million_iterations():
    assert MomPolicy.Step(0.5, 1.1, 10, 0.9)(1_000_000) == 0.9


def test_each_stage_lasts_as_many_updates_as_asked():
    policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (2, LRPolicy.Fixed(0.01)), (1, LRPolicy.Fixed(0.001)))
    assert [policy(i) for i in range(1, 9)] == [0.1] * 3 + [0.01] * 2 + [0.001] * 3


def test_a_stage_is_given_the_iteration_of_the_whole_training():
    policy = LRPolicy.Staged((2, LRPolicy.Fixed(1.0)), (9, LRPolicy.Step(1.0, 0.5, 2)))
    assert [policy(i) for i in (2, 3, 4)] == [1.0, 0.5, 0.25]


def test_staged_has_no_memory():
    policy = MomPolicy.Staged((3, MomPolicy.Fixed(0.5)), (2, MomPolicy.Fixed(0.9)))
    assert (policy(100), policy(1), policy(0)) == (0.9, 0.5, 0.5)


def test_staged_tells_when_a_stage_begins():
    policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (2, LRPolicy.Fixed(0.01)))
    assert [bool(policy.news(i)) for i in range(7)] == [False] * 4 + [True] + [False] * 2
    assert "update 4: LRPolicy.Fixed(base=0.01)" in policy.news(4)


def test_stages_can_be_replaced_and_their_lengths_counted_by_numpy():
    policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)))
    others = ((np.int64(2), LRPolicy.Fixed(0.2)), (1, LRPolicy.Fixed(0.3)))
    assert policy.replace(stages=others) == LRPolicy.Staged(*others)
    assert repr(policy.replace(stages=others).stages[0]) == "(2, LRPolicy.Fixed(base=0.2))"


def test_a_rate_too_large_for_a_float_is_infinite():
    assert LRPolicy.Inv(0.1, 1.0, -400.0)(100) == math.inf


def test_a_policy_is_printed_as_the_code_that_makes_it():
    policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (2, LRPolicy.Inv(0.01, 1e-4, 0.75)))
    assert eval(repr(policy), {"LRPolicy": LRPolicy}) == policy
    assert hash(policy) == hash(LRPolicy.Staged(*policy.stages))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: LRPolicy.Fixed("0.1"), "base is a finite number"),
        (lambda: LRPolicy.Fixed(float("nan")), "base is a finite number"),
        (lambda: LRPolicy.Step(0.1, 0.5, 0), "stepsize is at least 1"),
        (lambda: LRPolicy.Step(0.1, 0.5), "needs stepsize"),
        (lambda: LRPolicy.MultiStep(0.1, 0.5, (5, 2)), r"steps rise from each to the next, unlike \(5, 2\)"),
        (lambda: LRPolicy.MultiStep(0.1, 0.5, 5), "steps is a list of whole numbers, not 5"),
        (lambda: LRPolicy.MultiStep(math.inf, 0.5, (5,)), "base is a finite number, not inf"),
        (lambda: LRPolicy.Inv(0.01, -1e-4, 0.75), "gamma is at least 0, not -0.0001"),
        (lambda: LRPolicy.Poly(0.1, 1.0, 0), "max_iter is at least 1 and power at least 0, not 0"),
        (lambda: LRPolicy.Sigmoid(0.1, 1.0, 0), "stepsize is at least 1"),
        (lambda: LRPolicy.Cosine(0.1, 10, warm_up=10), "warm_up is at least 0 and below max_iter=10, not 10"),
        (lambda: LRPolicy.DecayOnValidation(0.1, "loss"), "needs mode"),
        (lambda: LRPolicy.DecayOnValidation(0.1, "loss", mode="less"), 'which score is better, "min" or "max"'),
        (lambda: LRPolicy.DecayOnValidation(0.1, "loss", 1.5, mode="min"), "gamma is above 0 and below 1, not 1.5"),
        (lambda: LRPolicy.Staged(), "at least one stage"),
        (lambda: LRPolicy.Staged(LRPolicy.Fixed(0.1)), "a stage is"),
        (lambda: LRPolicy.Staged((0.5, LRPolicy.Fixed(0.1))), "whole number of updates"),
        (lambda: LRPolicy.Staged((True, LRPolicy.Fixed(0.1))), "whole number of updates, not True"),
        (lambda: LRPolicy.Staged((3, LRPolicy.Fixed(0.1))).replace(stages=3), "at least one stage"),
        (lambda: LRPolicy.Staged((3, LRPolicy.Fixed(0.1))).replace(steps=3), "no option 'steps'; did you mean"),
    ],
)
def test_what_cannot_work_is_refused(make, told):
    with pytest.raises(OptionError, match=told):
        make()


def test_multistep_counts_the_steps_that_are_past():
    policy = LRPolicy.MultiStep(1.0, 0.5, [2, 5, 6])
    assert [policy(i) for i in UPDATES] == [1.0, 0.5, 0.5, 0.5, 0.25, 0.125, 0.125]
    assert LRPolicy.MultiStep(0.1, 0.5, (3, 6))(6) == LRPolicy.Step(0.1, 0.5, 3)(6)


def test_poly_ends_at_zero():
    assert [LRPolicy.Poly(1.0, 1.0, 4)(i) for i in range(7)] == [1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0]
    assert LRPolicy.Poly(2.0, 0.5, 4)(3) == 1.0


def test_sigmoid_is_half_at_its_step_and_never_overflows():
    policy = LRPolicy.Sigmoid(0.2, 0.5, 100)
    assert policy(100) == 0.1
    assert policy(104) == pytest.approx(0.2 / (1 + math.exp(-2)), rel=4e-16)
    assert policy(96) == pytest.approx(0.2 / (1 + math.exp(2)), rel=4e-16)
    assert (policy(100_000), policy(-100_000)) == (0.2, 0.0)
    falling = LRPolicy.Sigmoid(0.2, -0.5, 100)
    assert falling(96) == policy(104)
    assert (falling(100_000), falling(-100_000)) == (0.0, 0.2)


def test_cosine_warms_up_falls_and_stays():
    policy = LRPolicy.Cosine(1.0, 12, min_lr=0.5, warm_up=4)
    assert [policy(i) for i in range(5)] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert [policy(i) for i in (8, 12, 13, 1000)] == pytest.approx([0.75, 0.5, 0.5, 0.5], rel=4e-16)
    falling = [policy(i) for i in range(4, 13)]
    assert falling == sorted(set(falling), reverse=True)


def test_cosine_without_warm_up_starts_at_its_base():
    assert LRPolicy.Cosine(0.1, 10)(0) == 0.1


def test_the_value_before_means_nothing_to_a_function_of_the_iteration():
    for policy in (LRPolicy.Fixed(0.1), LRPolicy.Inv(0.1, 0.1, 1.0), LRPolicy.Staged((3, LRPolicy.Fixed(0.1)))):
        assert policy.next(7, before=99.0) == policy(7)
