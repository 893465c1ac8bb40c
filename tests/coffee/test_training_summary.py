"""TrainingSummary: the line, and names checked before training."""

from __future__ import annotations

import logging

import pytest

from mocha_core.coffee import TrainingSummary
from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, solve
from tests.solvers.fake_net import FakeNet


def train(*names: str, max_iter: int = 1) -> Solver:
    policies = {"lr_policy": LRPolicy.Fixed(0.5), "mom_policy": MomPolicy.Linear(0.5, 0.25, 1, 0.9)}
    solver = Solver(SGD(), {"max_iter": max_iter, "regu_coef": 0.0, **policies})
    solver.add_coffee_break(TrainingSummary(*names), every_n_iter=1)
    solve(solver, FakeNet())
    return solver


def test_the_line(caplog):
    caplog.set_level(logging.INFO, "mocha")
    train()
    assert caplog.messages == [" TRAIN iter=000000 obj_val=0.50000000", " TRAIN iter=000001 obj_val=0.12500000"]


def test_all_that_can_be_shown(caplog):
    caplog.set_level(logging.INFO, "mocha")
    solver = train("loss", "learning_rate", "momentum", "last_momentum")
    assert caplog.messages[-1] == (
        " TRAIN loss=0.12500000 learning_rate=0.50000000 momentum=0.75000000 last_momentum=0.50000000"
    )
    assert solver.coffee_lounge.get_statistics("momentum") == {0: 0.5, 1: 0.75}


def test_an_unknown_name_is_refused_before_training():
    with pytest.raises(OptionError, match="'learning-rate' in net 'fake'; did you mean 'learning_rate'"):
        train("iter", "learning-rate")
