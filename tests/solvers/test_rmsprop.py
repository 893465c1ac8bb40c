"""RMSProp by hand; against Caffe it is held in tests/oracles."""

from __future__ import annotations

import math

import pytest

from mocha_core.solvers import LRPolicy, RMSProp, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_by_hand(backend, dtype):
    w, mean, worked = 1.0, 0.0, []
    for _ in range(4):
        mean = 0.75 * mean + 0.25 * w * w
        w -= 0.0625 * w / (math.sqrt(mean) + 0.5)
        worked.append(w)
    options = {"lr_policy": LRPolicy.Fixed(0.0625), "rho": 0.75, "epsilon": 0.5}
    found = trajectory(RMSProp(), FakeNet(backend(), dtype=dtype), 4, **options)
    assert found == pytest.approx(worked, rel=0, abs=roundings(dtype, 10 * 4))


def test_defaults():
    params = make_solver_parameters(RMSProp(), max_iter=1)
    assert (params["lr_policy"], params["rho"], params["epsilon"]) == (LRPolicy.Fixed(0.001), 0.99, 1e-8)
