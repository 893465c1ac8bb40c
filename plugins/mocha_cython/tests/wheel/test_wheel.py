"""What a wheel must do wherever it is installed; needs nothing but pytest, so that wheels of any machine are tested."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    SGD,
    Backend,
    ConvolutionLayer,
    DefaultBackend,
    InnerProductLayer,
    LRPolicy,
    MemoryDataLayer,
    MomPolicy,
    Net,
    Neurons,
    PoolingLayer,
    SoftmaxLossLayer,
    Solver,
    make_solver_parameters,
    solve,
)
from mocha_cpu import CpuBackend
from mocha_cython import CythonBackend
from mocha_cython.machine import LEVELS, native

STEPS = 5
levels = pytest.mark.parametrize("isa", LEVELS[: native().best() + 1])


def lenet(backend: Backend) -> Net:
    """LeNet on a few pictures, of a size that no vector divides."""
    random = np.random.default_rng(1)
    images = random.random((15, 1, 28, 28), dtype=np.float32)
    labels = random.integers(0, 10, (15, 1)).astype(np.float32)
    return Net(
        "lenet",
        backend,
        [
            MemoryDataLayer(name="data", data=[images, labels], batch_size=5),
            ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv1"]),
            PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv1"], tops=["pool1"]),
            ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool1"], tops=["conv2"]),
            PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"]),
            InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"]),
            InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"]),
            SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
        ],
    )


def trained(backend: Backend) -> tuple[float, list[np.ndarray], str]:
    """Loss and parameters after a few steps, and which kernels made them."""
    with backend, lenet(backend) as net:
        method = SGD()
        rates = {"lr_policy": LRPolicy.Fixed(0.01), "mom_policy": MomPolicy.Fixed(0.9)}
        solve(Solver(method, make_solver_parameters(method, max_iter=STEPS, **rates)), net)
        return net.forward(), [p.blob.to_array() for p in net.all_parameters], net.explain()


@levels
@pytest.mark.parametrize("threads", [1, 2])
def test_lenet_trains_as_with_numpy(isa: str, threads: int) -> None:
    loss, parameters, kernels = trained(CythonBackend(seed=1, isa=isa, threads=threads))
    expected, references, _ = trained(CpuBackend(seed=1))
    assert kernels.count("mocha_cython.") >= 6
    assert loss == pytest.approx(expected, rel=1e-4)
    for got, want in zip(parameters, references, strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-4 * float(np.abs(want).max()) + 1e-6)


def test_it_is_the_backend_that_is_taken() -> None:
    assert DefaultBackend().name == "cython"


def test_it_has_threads() -> None:
    assert native().has_openmp()
