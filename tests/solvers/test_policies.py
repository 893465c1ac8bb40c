"""Policies: the worked numbers of the manual's formulas, and what is refused."""

from __future__ import annotations

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


def test_a_policy_is_printed_as_the_code_that_makes_it():
    policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (2, LRPolicy.Inv(0.01, 1e-4, 0.75)))
    assert eval(repr(policy), {"LRPolicy": LRPolicy}) == policy
    assert hash(policy) == hash(LRPolicy.Staged(*policy.stages))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: LRPolicy.Fixed("0.1"), "base is a number"),
        (lambda: LRPolicy.Fixed(float("nan")), "base is a number"),
        (lambda: LRPolicy.Step(0.1, 0.5, 0), "stepsize is at least 1"),
        (lambda: LRPolicy.Step(0.1, 0.5), "needs stepsize"),
        (lambda: LRPolicy.Staged(), "at least one stage"),
        (lambda: LRPolicy.Staged(LRPolicy.Fixed(0.1)), "a stage is"),
        (lambda: LRPolicy.Staged((0.5, LRPolicy.Fixed(0.1))), "whole number of updates"),
    ],
)
def test_what_cannot_work_is_refused(make, told):
    with pytest.raises(OptionError, match=told):
        make()
