"""Adagrad: a step size for each element."""

from __future__ import annotations

import pytest

from mocha_core.solvers import Adagrad, LRPolicy, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory

WORKED = [(0.5, 1.5), (0.276393, 1.2), (0.156399, 0.983634)]


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_worked_numbers(backend, dtype):
    net = FakeNet(backend(), dtype=dtype, shapes={"ip___weight": (2,)})
    net.parameters[0].load([1.0, 2.0])
    found = trajectory(Adagrad(), net, 3, gamma=0.5)
    bound = 5e-7 + 3e-8 + 2 * roundings(dtype, 7 * 3)  # six digits; epsilon each step; numbers up to 2
    for mine, worked in zip(found, WORKED, strict=True):
        assert mine == pytest.approx(worked, rel=0, abs=bound)


def test_gamma_and_learning_rate_multiply():
    by_gamma = trajectory(Adagrad(), FakeNet(), 3, gamma=0.5)
    assert trajectory(Adagrad(), FakeNet(), 3, lr_policy=LRPolicy.Fixed(0.5)) == by_gamma
    assert trajectory(Adagrad(), FakeNet(), 3, gamma=2.0, lr_policy=LRPolicy.Fixed(0.25)) == by_gamma


def test_defaults():
    params = make_solver_parameters(Adagrad(), max_iter=1)
    assert (params["lr_policy"], params["gamma"], params["epsilon"]) == (LRPolicy.Fixed(1.0), 1.0, 1e-8)
