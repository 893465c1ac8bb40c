"""SGD: trajectories worked out by hand, in both element types, and on the strict array-API backend."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import L1Regu, L2Cons, L2Regu
from mocha_core.solvers import SGD, LRPolicy, MomPolicy
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from . import running
from .fake_net import FakeNet
from .running import LAGGED, roundings


def trajectory(net: FakeNet, updates: int, **options) -> list[float]:
    return running.trajectory(SGD(), net, updates, **options)


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_momentum_lags_by_one_update(backend, dtype):
    found = trajectory(FakeNet(backend(), dtype=dtype), 4, **LAGGED)
    bound = roundings(dtype, 4 * len(found))  # two products, two sums a step
    assert found == pytest.approx([0.9, 0.75, 0.57, 0.369], rel=0, abs=bound)


def test_the_element_type_is_kept():
    net = FakeNet(dtype="float32")
    trajectory(net, 2, **LAGGED)
    assert net.values()["ip___weight"].dtype == np.float32


def test_the_parameters_own_rate_multiplies_the_learning_rate():
    assert trajectory(FakeNet(rate=2.0), 1, lr_policy=LRPolicy.Fixed(0.125)) == [0.75]


def test_l2_regularisation_adds_twice_the_weight():
    net = FakeNet(regularizer=L2Regu(0.5))
    assert trajectory(net, 1, lr_policy=LRPolicy.Fixed(0.25), regu_coef=0.5) == [1 - 0.25 * (1 + 2 * 0.5 * 0.5)]


def test_l1_regularisation_adds_the_sign():
    net = FakeNet(regularizer=L1Regu(1.0))
    assert trajectory(net, 1, lr_policy=LRPolicy.Fixed(0.25), regu_coef=0.5) == [1 - 0.25 * 1.5]


def test_a_constraint_is_applied_after_every_second_update():
    net = FakeNet(start=-4.0, data=0.0, constraint=L2Cons(1.0, every_n_iter=2))
    assert trajectory(net, 3, lr_policy=LRPolicy.Fixed(0.5)) == [-2.0, -1.0, -0.5]
    net = FakeNet(start=-8.0, constraint=L2Cons(1.0, every_n_iter=2))
    assert trajectory(net, 3, lr_policy=LRPolicy.Fixed(0.5)) == [-4.0, -1.0, -0.5]


def test_the_first_learning_rate_is_that_of_iteration_one():
    assert trajectory(FakeNet(), 2, lr_policy=LRPolicy.Step(0.5, 0.0, 1)) == [1.0, 1.0]


def test_a_staged_momentum_starts_with_its_first_stage():
    staged = MomPolicy.Staged((2, MomPolicy.Fixed(0.5)), (1, MomPolicy.Fixed(0.0)))
    # h: -0.5, -0.25 - 0.25 = -0.5, -0.5 * 0.5 + 0 = -0.25 (the momentum of the update before)
    assert trajectory(FakeNet(), 3, lr_policy=LRPolicy.Fixed(0.5), mom_policy=staged) == [0.5, 0.0, -0.25]


def test_learning_rate_and_momentum_are_those_of_their_policies_at_every_update():
    policies = {"lr_policy": LRPolicy.Step(0.5, 0.5, 2), "mom_policy": MomPolicy.Step(0.25, 2.0, 2, 0.9)}
    # rates 0.5, 0.25, 0.25; momenta of the updates before 0.25, 0.25, 0.5
    w, h, found = 1.0, 0.0, []
    for rate, momentum in ((0.5, 0.25), (0.25, 0.25), (0.25, 0.5)):
        h = momentum * h - rate * w
        w += h
        found.append(w)
    assert trajectory(FakeNet(), 3, **policies) == found
