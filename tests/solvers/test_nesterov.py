"""Nesterov: the worked numbers, and that its policies count at every update."""

from __future__ import annotations

import pytest

from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Nesterov, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import LAGGED, roundings, trajectory

WORKED = [0.84, 0.6552, 0.456624, 0.250115]


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_worked_numbers(backend, dtype):
    found = trajectory(Nesterov(), FakeNet(backend(), dtype=dtype), 4, **LAGGED)
    bound = 5e-7 + roundings(dtype, 7 * 4)  # six digits are given; seven operations a step
    assert found == pytest.approx(WORKED, rel=0, abs=bound)


def test_it_can_be_made_with_the_defaults_of_sgd():
    mine = make_solver_parameters(Nesterov(), max_iter=10)
    assert dict(mine) == dict(make_solver_parameters(SGD(), max_iter=10))


def test_without_momentum_it_is_plain_gradient_descent():
    plain = {"lr_policy": LRPolicy.Fixed(0.25), "mom_policy": MomPolicy.Fixed(0.0)}
    assert trajectory(Nesterov(), FakeNet(), 3, **plain) == trajectory(SGD(), FakeNet(), 3, **plain)


def test_the_gradient_is_taken_at_the_weights_looked_ahead_to():
    """v <- mu v - lr f'(x + mu v); x <- x + v, Nesterov's own form: the net holds x + mu v."""
    rate, mu, x, v, ahead = 0.25, 0.5, 1.0, 0.0, []
    for _ in range(5):
        v = mu * v - rate * (x + mu * v)
        x += v
        ahead.append(x + mu * v)
    found = trajectory(Nesterov(), FakeNet(), 5, lr_policy=LRPolicy.Fixed(rate), mom_policy=MomPolicy.Fixed(mu))
    assert found == pytest.approx(ahead, rel=0, abs=roundings("float64", 7 * 5))


def test_a_policy_that_falls_to_zero_stops_it():
    found = trajectory(Nesterov(), FakeNet(), 3, lr_policy=LRPolicy.Step(0.5, 0.0, 2))
    assert found == [0.5, 0.5, 0.5]
