"""Whole nets: as near to the float64 run as the NumPy backend's float32 run is, forwards and after training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mocha_core import Net
from mocha_cpu import CpuBackend
from mocha_cuda import CudaBackend
from mocha_cuda.device.device import Device
from mocha_cuda.simulation import SimulatedDevice

from .nets import METHODS, distance, layers, train


@pytest.mark.parametrize("method", METHODS)
def test_training_is_as_near_to_float64_as_numpy_s(device: Device, method: str):
    truth, numpy = train(CpuBackend(), method, dtype="float64"), train(CpuBackend(), method)
    ours = train(CudaBackend(device=device), method)
    assert 0 < distance(ours, truth) <= 4 * distance(numpy, truth)
    assert distance(ours, truth) < 1e-3 * distance(truth, {k: 0 * v for k, v in truth.items()})


def test_float64_is_computed_in_float64(device: Device):
    truth, ours = train(CpuBackend(), dtype="float64"), train(CudaBackend(device=device), dtype="float64")
    assert distance(ours, truth) < 1e-12 * distance(truth, {k: 0 * v for k, v in truth.items()})


@pytest.mark.parametrize(("math", "bits"), [("tf32", 11), ("bf16", 8)])
def test_rounded_products_are_asked_for(simulated: Callable[..., SimulatedDevice], math: str, bits: int):
    """Relative to the float32 run, results differ, by no more than some roundings of so many bits."""
    outputs = []
    for arithmetic in ("float32", math):
        backend = CudaBackend(device=simulated(), math=arithmetic, seed=3)  # type: ignore[arg-type]
        with Net("n", backend, layers(), keep=["ip2"], phase="test") as net:
            net.forward()
            outputs.append(net.blob("ip2").to_array())
    error = np.abs(outputs[1] - outputs[0]).max() / np.abs(outputs[0]).max()
    assert 0 < error < 8 * 2.0**-bits


def test_the_arena_is_as_planned(device: Device):
    backend, cpu = CudaBackend(device=device), CpuBackend()
    for chosen in (backend, cpu):
        Net("n", chosen, layers()).close()
    plan = backend.plans[0]
    assert plan.bound <= plan.nbytes < plan.unshared
    assert plan.nbytes <= 1.1 * plan.bound
