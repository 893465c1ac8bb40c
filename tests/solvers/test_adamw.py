"""AdamW: weights shrink by themselves, whatever their gradients are."""

from __future__ import annotations

import math

import pytest

from mocha_core import L1Regu, L2Regu
from mocha_core.solvers import Adam, AdamW, LRPolicy, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory

RATE = 0.25
OPTIONS = {"lr_policy": LRPolicy.Fixed(RATE), "regu_coef": 0.5}


def by_hand(updates: int, decay) -> list[float]:
    """The gradient is w; `decay(w)` is what the regularizer says."""
    w, m, v, found = 1.0, 0.0, 0.0, []
    for t in range(1, updates + 1):
        g = w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        step = math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + 1e-8)
        w = w - RATE * decay(w) - RATE * step
        found.append(w)
    return found


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_by_hand(backend, dtype):
    net = FakeNet(backend(), dtype=dtype, regularizer=L2Regu(0.1))
    found = trajectory(AdamW(), net, 4, **OPTIONS)
    assert found == pytest.approx(by_hand(4, lambda w: 2 * 0.1 * 0.5 * w), rel=0, abs=roundings(dtype, 15 * 4))


def test_any_regularizer_acts_by_itself():
    found = trajectory(AdamW(), FakeNet(regularizer=L1Regu(0.5)), 2, **OPTIONS)
    assert found == pytest.approx(by_hand(2, lambda w: 0.25), rel=0, abs=roundings("float64", 15 * 2))


def test_without_regularizer_it_is_adam():
    assert trajectory(AdamW(), FakeNet(), 4, **OPTIONS) == trajectory(Adam(), FakeNet(), 4, **OPTIONS)


def test_the_moments_do_not_see_the_regularizer():
    """With a gradient of zero nothing but the decay is left; Adam would make it a step of full size."""
    net = FakeNet(start=0.5, regularizer=L2Regu(0.5))
    net.forward, net.backward = lambda: 0.0, lambda: net.diffs["ip___weight"].fill(0.0)
    net.objective_now = 0.0
    assert trajectory(AdamW(), net, 1, **OPTIONS) == [0.5 - RATE * 0.5 * 0.5]


def test_defaults():
    params = make_solver_parameters(AdamW(), max_iter=1)
    assert params["regu_coef"] * 2 == 0.01
    assert params["lr_policy"] == LRPolicy.Fixed(0.001)
