"""Training: as near to the float64 run as the NumPy backend's float32 run is, and the same bits every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    Adam,
    Backend,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    Layer,
    LRNLayer,
    LRNMode,
    LRPolicy,
    MemoryDataLayer,
    MomPolicy,
    Nesterov,
    Net,
    Neurons,
    Pooling,
    PoolingLayer,
    SoftmaxLossLayer,
    Solver,
    make_solver_parameters,
)
from mocha_cpu import CpuBackend
from mocha_cython import CythonBackend

STEPS = 20
METHODS = {
    "sgd": (SGD(), {"lr_policy": LRPolicy.Fixed(0.01), "mom_policy": MomPolicy.Fixed(0.9)}),
    "nesterov": (Nesterov(), {"lr_policy": LRPolicy.Fixed(0.01), "mom_policy": MomPolicy.Fixed(0.9)}),
    "adam": (Adam(), {}),
}


def layers() -> list[Layer]:
    """Every kind of layer that this backend fuses or reorders."""
    rng = np.random.default_rng(1)
    x, label = rng.normal(size=(24, 3, 17, 15)), rng.integers(0, 5, (24, 1))
    relu, pair = Neurons.ReLU(), {"kernel": (3, 3), "stride": (2, 2)}
    within = LRNMode.WithinChannel()
    return [
        MemoryDataLayer(data=[x, label], batch_size=8),
        ConvolutionLayer(name="c1", n_filter=20, kernel=(5, 3), pad=(2, 1), bottoms=["data"], tops=["c1"]),
        PoolingLayer(name="p1", neuron=relu, **pair, bottoms=["c1"], tops=["p1"]),
        LRNLayer(name="n1", kernel=3, scale=0.5, mode=within, bottoms=["p1"], tops=["n1"]),
        ConvolutionLayer(name="c2", n_filter=18, n_group=2, kernel=(3, 3), neuron=relu, bottoms=["n1"], tops=["c2"]),
        LRNLayer(name="n2", kernel=5, scale=0.5, bottoms=["c2"], tops=["n2"]),
        PoolingLayer(name="p2", pooling=Pooling.Mean(), **pair, bottoms=["n2"], tops=["p2"]),
        InnerProductLayer(name="ip1", output_dim=33, neuron=relu, bottoms=["p2"], tops=["ip1"]),
        DropoutLayer(name="drop", ratio=0.3, bottoms=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=5, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def train(backend: Backend, method: str, dtype: str = "float32") -> dict[str, np.ndarray[Any, Any]]:
    """The parameters after some steps."""
    rule, options = METHODS[method]
    net = Net("n", backend, layers(), dtype=dtype)
    Solver(rule, make_solver_parameters(rule, max_iter=STEPS, regu_coef=0.01, **options)).solve(net)
    found = {p.path: p.blob.to_array() for p in net.all_parameters}
    net.close()
    return found


def distance(a: dict[str, np.ndarray[Any, Any]], b: dict[str, np.ndarray[Any, Any]]) -> float:
    return float(np.sqrt(sum(((a[k].astype(np.float64) - b[k]) ** 2).sum() for k in a)))


@pytest.mark.parametrize("method", METHODS)
def test_as_near_to_float64_as_numpy_is(method: str) -> None:
    truth, numpy = train(CpuBackend(), method, "float64"), train(CpuBackend(), method)
    ours = train(CythonBackend(threads=2), method)
    allowed = 4 * distance(numpy, truth)
    assert 0 < distance(ours, truth) <= allowed
    assert distance(ours, truth) < 1e-3 * distance(truth, {k: 0 * v for k, v in truth.items()})


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_same_bits_every_time(threads: int) -> None:
    first, second = (train(CythonBackend(threads=threads, seed=3), "sgd") for _ in range(2))
    for path, values in first.items():
        np.testing.assert_array_equal(values, second[path])
