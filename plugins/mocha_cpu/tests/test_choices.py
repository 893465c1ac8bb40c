"""Which kernel serves which layer, and what they leave to others."""

from __future__ import annotations

import pytest

from mocha_core import (
    SGD,
    Accept,
    AccuracyLayer,
    ConstantInitializer,
    Decline,
    ElementWiseFunctors,
    ElementWiseLayer,
    InnerProductLayer,
    L1Regu,
    L2Regu,
    NeuronLayer,
    NoCons,
    Pooling,
    PoolingLayer,
    SoftmaxLossLayer,
)
from mocha_core.neurons import ReLU
from mocha_core.plan import ParamSpec
from mocha_core.solvers.method import UpdateSite
from mocha_core.testing import FAMILIES, Bottom, Case, Family, Rig
from mocha_cpu import CpuBackend

SERVED = {
    "AccuracyLayer": "Accuracy",
    "BatchNormLayer": "BatchNorm",
    "ConcatLayer": "Concat",
    "ConvolutionLayer": "Convolution",
    "DropoutLayer": "Dropout",
    "ElementWiseLayer": "ElementWise",
    "FlattenLayer": "Views",
    "IdentityLayer": "Views",
    "InnerProductLayer": "InnerProduct",
    "LRNLayer": "LRN",
    "NeuronLayer": "Neuron",
    "PowerLayer": "Power",
    "ReshapeLayer": "Views",
    "ScaleLayer": "Scale",
    "SoftmaxLayer": "Softmax",
    "SoftmaxLossLayer": "SoftmaxLoss",
    "SplitLayer": "Split",
}


class SoftPlus(ReLU):
    """A neuron that nobody here has a body for."""


class Hypot(ElementWiseFunctors.Add):
    """A functor that nobody here has a ufunc for."""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.label)
def test_the_fast_kernel_serves_the_plain_case(family: Family, dtype: str, backend: CpuBackend) -> None:
    layer = family.plain.layer
    if isinstance(layer, PoolingLayer):
        kernel = "MaxPooling" if isinstance(layer.pooling, Pooling.Max) else "MeanPooling"
    else:
        kernel = SERVED.get(type(layer).__name__, "")
    expected = f"mocha_cpu.{kernel}" if kernel else "mocha_core.GenericKernel"
    assert Rig(family.plain, backend, dtype).choice.label == expected


SCORES = (Bottom((3, 4)), Bottom((3, 1), classes=4))
COUNTED = [
    AccuracyLayer(bottoms=["a", "b"], **options)  # type: ignore[arg-type]
    for options in ({"ties": "last"}, {"ignore_label": 1}, {"per_class": True})
]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(NeuronLayer(name="f", neuron=SoftPlus(), bottoms=["x"]), (Bottom((3, 5)),)), "does not know"),
        (
            Case(ElementWiseLayer(operation=Hypot(), bottoms=["a", "b"], tops=["y"]), (Bottom((3, 5)),) * 2),
            "does not know",
        ),
        (
            Case(AccuracyLayer(bottoms=["a", "b"]), (Bottom((3, 4, 5)), Bottom((3, 1, 5), classes=4))),
            "not the last axis",
        ),
        (
            Case(AccuracyLayer(bottoms=["a", "b"], top_k=2), (Bottom((3, 4)), Bottom((3, 1), classes=4))),
            "more than the highest",
        ),
        *((Case(layer, SCORES), "ignored, or counted for each class, or lose") for layer in COUNTED),
        (Case(SoftmaxLossLayer(bottoms=["a", "b"], ignore_label=1), SCORES), "labels is to be ignored"),
        (
            Case(InnerProductLayer(name="ip", output_dim=2, transposed=True, bottoms=["a"], tops=["b"]), SCORES[:1]),
            "stored transposed",
        ),
    ],
    ids=["neuron", "functor", "accuracy", "top-k", "ties", "ignored", "per class", "loss ignores", "transposed"],
)
def test_unknown_parts_are_declined(case: Case, reason: str, backend: CpuBackend) -> None:
    choice = Rig(case, backend).choice
    assert choice.label == "mocha_core.GenericKernel"
    assert reason in choice.declined[0][1]


def test_sgd_is_served_but_not_with_every_regularizer(backend: CpuBackend) -> None:
    (binding,) = backend.registry.candidates(SGD())
    spec = ParamSpec("weight", (3, 5), ConstantInitializer(0.0), L2Regu(), NoCons())
    other = ParamSpec("weight", (3, 5), ConstantInitializer(0.0), L1Regu(), NoCons())
    assert isinstance(binding.kernel.accepts(backend, UpdateSite(SGD(), spec, "float32")), Accept)
    assert isinstance(binding.kernel.accepts(backend, UpdateSite(SGD(), other, "float32")), Decline)
