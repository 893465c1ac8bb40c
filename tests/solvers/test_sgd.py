"""SGD: trajectories worked out by hand, in both element types, and on the strict array-API backend."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import L1Regu, L2Cons, L2Regu
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, finalize_solve, init_solve, onestep_solve
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet


def trajectory(net: FakeNet, updates: int, **options) -> list[float]:
    solver = Solver(SGD(), {"max_iter": updates, "regu_coef": 0.0, **options})
    state = init_solve(solver, net)
    found = []
    for _ in range(updates):
        onestep_solve(solver, net, state)
        found.append(net.weight)
    finalize_solve(solver, net, state)
    return found


LAGGED = {"lr_policy": LRPolicy.Fixed(0.1), "mom_policy": MomPolicy.Linear(0.5, 0.1, 1, 0.9)}


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_momentum_lags_by_one_update(backend, dtype):
    found = trajectory(FakeNet(backend(), dtype=dtype), 4, **LAGGED)
    roundings = 4 * len(found)  # two products, two sums a step, all of size at most 1
    bound = 8 * float(np.finfo(dtype).eps) * roundings**0.5
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
