"""A step allocates no memory that grows with the blobs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    BatchNormLayer,
    ConcatLayer,
    ConvolutionLayer,
    DropoutLayer,
    ElementWiseFunctors,
    ElementWiseLayer,
    IdentityLayer,
    InnerProductLayer,
    LRNLayer,
    LRNMode,
    NeuronLayer,
    Neurons,
    Pooling,
    PoolingLayer,
    PowerLayer,
    ReshapeLayer,
    ScaleLayer,
    SoftmaxLayer,
    SoftmaxLossLayer,
    SplitLayer,
)
from mocha_core.testing import Bottom, Case, Rig
from mocha_cpu import CpuBackend

Peak = Callable[[Callable[[], object]], int]

LIMIT = 3 * np.getbufsize() * 8 + (1 << 13)
"""What NumPy itself takes for pieces of three operands, and views; it does not grow with the operands."""
IMAGES = (Bottom((8, 16, 32, 32)),)
ROWS = (Bottom((2048, 64)),)
SCORES = (Bottom((16384, 10)), Bottom((16384, 1), classes=10))
ONE = {"bottoms": ["x"], "tops": ["y"]}
TWO = {"bottoms": ["a", "b"], "tops": ["y"]}
NEURONS = (
    Neurons.ReLU,
    Neurons.LReLU,
    Neurons.Sigmoid,
    Neurons.Tanh,
    Neurons.Exponential,
    Neurons.Identity,
    Neurons.ELU,
    Neurons.GELU,
    Neurons.Softplus,
    Neurons.Swish,
)

CASES = {
    "convolution": Case(ConvolutionLayer(name="conv", n_filter=16, kernel=3, pad=1, **ONE), IMAGES),
    "convolution by plane": Case(ConvolutionLayer(name="conv", n_filter=16, kernel=1, **ONE), IMAGES),
    "convolution by cell": Case(ConvolutionLayer(name="conv", n_filter=16, kernel=3, stride=2, **ONE), IMAGES),
    "inner product": Case(InnerProductLayer(name="ip", output_dim=256, **ONE), ROWS),
    "max": Case(PoolingLayer(kernel=3, stride=2, **ONE), IMAGES),
    "mean": Case(PoolingLayer(kernel=3, stride=2, pooling=Pooling.Mean(), **ONE), IMAGES),
    "lrn across": Case(LRNLayer(**ONE), IMAGES),
    "lrn within": Case(LRNLayer(kernel=3, power=0.6, mode=LRNMode.WithinChannel(), **ONE), IMAGES),
    "batch norm": Case(BatchNormLayer(name="bn", **ONE), IMAGES),
    "scale": Case(ScaleLayer(name="scale", bias=True, **ONE), IMAGES),
    "dropout": Case(DropoutLayer(bottoms=["x"]), IMAGES),
    "softmax": Case(SoftmaxLayer(**ONE), (Bottom((16384, 10)),)),
    "softmax by channel": Case(SoftmaxLayer(**ONE), IMAGES),
    "softmax loss": Case(SoftmaxLossLayer(bottoms=["a", "b"]), SCORES),
    "weighted loss": Case(SoftmaxLossLayer(bottoms=["a", "b"], weights=tuple(range(1, 11))), SCORES),
    "accuracy": Case(AccuracyLayer(bottoms=["a", "b"]), SCORES),
    "identity": Case(IdentityLayer(**ONE), IMAGES),
    "reshape": Case(ReshapeLayer(shape=(-1,), **ONE), IMAGES),
    "split": Case(SplitLayer(bottoms=["x"], tops=["y", "z"]), IMAGES),
    "concat": Case(ConcatLayer(**TWO), IMAGES * 2),
    "power": Case(PowerLayer(power=3, **ONE), IMAGES),
    **{
        f"element-wise {operation.__name__}": Case(ElementWiseLayer(operation=operation(), **TWO), IMAGES * 2)
        for operation in (ElementWiseFunctors.Add, ElementWiseFunctors.Multiply, ElementWiseFunctors.Divide)
    },
    **{neuron.__name__: Case(NeuronLayer(name="f", neuron=neuron(), bottoms=["x"]), IMAGES) for neuron in NEURONS},
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("label", CASES)
def test_kernel(label: str, dtype: str, backend: CpuBackend, peak: Peak) -> None:
    rig = Rig(CASES[label], backend, dtype)
    assert rig.choice.label.startswith("mocha_cpu.")
    assert max(blob.spec.nbytes for blob in (*rig.state.tops, *rig.state.bottoms)) > 2 * LIMIT
    rig.run()
    assert peak(rig.kernel.forward) < LIMIT
    if rig.site.has_backward:
        assert peak(rig.kernel.backward) < LIMIT


def test_a_blob_sized_array_would_be_seen(peak: Peak) -> None:
    assert peak(lambda: np.ones(IMAGES[0].shape, "float32")) > LIMIT
