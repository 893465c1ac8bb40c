"""Pooling by windows of all kinds, alone and behind a convolution with ReLU, gives what it gives on the NumPy backend.

All numbers that go in are small and whole, so that sums are exact in whatever order: outputs and gradients must be
equal, also where cells tie. Only a mean is rounded.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mocha_core import ConvolutionLayer, MemoryDataLayer, Net, Neurons, Pooling, PoolingLayer, SquareLossLayer
from mocha_core.backend import Backend
from mocha_core.blob import BlobSpec
from mocha_core.errors import ShapeError
from mocha_core.kernel import Kernel
from mocha_core.layer import Layer
from mocha_core.testing import tolerance
from mocha_core.testing.exploring import PROFILES
from mocha_cpu import CpuBackend
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.convolution import Convolution
from mocha_cython.kernels.pooling import Pooling as Compiled
from mocha_cython.machine import LEVELS

EXAMPLES = settings(PROFILES["quick"], max_examples=200)
CONVOLUTION = ConvolutionLayer(name="conv", kernel=(3, 2), neuron=Neurons.ReLU(), bottoms=["x"], tops=["conv"])
"""What stands in front, where something does; the images that it reads are larger than those that it writes."""
Host = np.ndarray[Any, Any]
Values = dict[str, Host]


@dataclass(frozen=True)
class Pooled:
    """A pooling, and the batch of (num, channels, height, width) that it pools."""

    layer: PoolingLayer
    shape: tuple[int, int, int, int]

    def pooled(self) -> tuple[int, ...]:
        """The shape of what comes out; `ShapeError` if a window is empty."""
        return self.layer.plan((BlobSpec(self.shape),)).tops[0].shape

    def fits(self) -> bool:
        try:
            return bool(self.pooled())
        except ShapeError:
            return False


@st.composite
def cases(draw: st.DrawFn) -> Pooled:
    """Most are maxima; there are at least as many channels as the longest vector has floats."""
    kernel = draw(st.sampled_from(list(itertools.product(range(1, 6), range(1, 5)))))
    layer = PoolingLayer(
        name="pool",
        kernel=kernel,
        stride=[draw(st.sampled_from([1, 1, 2, 3])) for _ in kernel],
        pad=[draw(st.sampled_from(range(size))) for size in kernel],
        pooling=draw(st.sampled_from([Pooling.Max(), Pooling.Max(), Pooling.Max(), Pooling.Mean()])),
        divisor=draw(st.sampled_from(["kernel", "window"])),
        round_mode=draw(st.sampled_from(["ceil", "floor"])),
        bottoms=["x"],
        tops=["y"],
    )
    height, width = (draw(st.integers(size, size + 5)) for size in kernel)
    return Pooled(layer, (draw(st.sampled_from([1, 2, 4])), draw(st.integers(16, 35)), height, width))


def whole(*shape: int) -> Host:
    return np.random.default_rng(shape).integers(-3, 4, shape).astype("float32")


def run(backend: Backend, layers: list[Layer], x: Host, target: Host, kernel: type[Kernel] | None = None) -> Values:
    """Forward and backward, by this kernel alone where one is given: what comes out, and every gradient."""
    data = MemoryDataLayer(name="data", tops=["x", "t"], data=[x, target], batch_size=len(x))
    loss = SquareLossLayer(name="loss", bottoms=["y", "t"])
    with Net("n", backend, [data, *layers, loss], gradients=("x",), keep=("y",)) as net:
        served = {choice.kernel for choice in net._built.choices}
        assert kernel is None or served & {Compiled, Convolution} == {kernel}
        for parameter in net.all_parameters:
            parameter.load(whole(*parameter.blob.shape))
        net.forward_backward()
        gradients = {each.parameter.path: each.diff.to_array() for each in net.trainable}
        return gradients | {"y": net.blob("y").to_array(), "dx": net.diff("x").to_array()}


def check(case: Pooled, layers: list[Layer], x: Host, kernel: type[Kernel]) -> None:
    """The same at every level as on the NumPy backend."""
    target = whole(*case.pooled())
    want = run(CpuBackend(), layers, x, target)
    for isa in LEVELS[: best() + 1]:
        got = run(CythonBackend(isa=isa, threads=2, autotune=False), layers, x, target, kernel)
        for name, values in want.items():
            exact = isinstance(case.layer.pooling, Pooling.Max)
            limit = 0 if exact else tolerance("float32", 800, float(np.abs(values).max(initial=1)))
            np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} at {isa}")


@EXAMPLES
@given(case=cases().filter(Pooled.fits))
def test_alone(case: Pooled) -> None:
    check(case, [case.layer], whole(*case.shape), Compiled)


@EXAMPLES
@given(case=cases().filter(Pooled.fits))
def test_behind_a_convolution(case: Pooled) -> None:
    num, channels, height, width = case.shape
    layers = [CONVOLUTION.replace(n_filter=channels), case.layer.replace(bottoms=["conv"])]
    check(case, layers, whole(num, 2, height + 2, width + 1), Convolution)
