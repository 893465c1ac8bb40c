"""Adadelta: the worked numbers."""

from __future__ import annotations

import pytest

from mocha_core.solvers import Adadelta, LRPolicy, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory

WORKED = [0.99552791, 0.99100875, 0.98646456, 0.98190639]


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_worked_numbers(backend, dtype):
    found = trajectory(Adadelta(), FakeNet(backend(), dtype=dtype), 4)
    bound = 5e-9 + roundings(dtype, 14 * 4)  # eight digits are given; fourteen operations a step
    assert found == pytest.approx(WORKED, rel=0, abs=bound)


def test_the_learning_rate_scales_the_step_but_not_what_is_kept_of_it():
    whole, half = FakeNet(), FakeNet()
    step = 1 - trajectory(Adadelta(), whole, 1)[0]
    assert trajectory(Adadelta(), half, 1, lr_policy=LRPolicy.Fixed(0.5)) == [1 - step / 2]


def test_defaults():
    params = make_solver_parameters(Adadelta(), max_iter=1)
    assert (params["lr_policy"], params["rho"], params["eps"]) == (LRPolicy.Fixed(1.0), 0.95, 1e-6)
