"""What layers say about their arithmetic: where all numbers are one, a forward without bias counts the products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    BlobSpec,
    ConvolutionLayer,
    DeconvolutionLayer,
    Fused,
    GRULayer,
    InnerProductLayer,
    Layer,
    LSTMLayer,
    NeuronLayer,
    Neurons,
    PoolingLayer,
    TiedInnerProductLayer,
    Values,
)
from mocha_core.channels_last import ChannelsLast, to_last

IMAGES = (2, 4, 7, 6)
WIRES: dict[str, Any] = {"name": "layer", "bottoms": ["x"], "tops": ["y"]}


def products(layer: Layer, *shapes: tuple[int, ...]) -> int:
    """How many products a linear layer adds up, found by doing them."""
    plan = layer.plan(tuple(BlobSpec(shape) for shape in shapes))
    ones = {p.name: np.ones(p.shape) for p in plan.params}
    tops = layer.forward(np, Values(xs=tuple(np.ones(shape) for shape in shapes), params=ones))
    return round(sum(float(top.sum()) for top in tops))


@pytest.mark.parametrize(
    "options",
    [
        {"kernel": 1},
        {"kernel": (3, 2)},
        {"kernel": 3, "pad": 1},
        {"kernel": 3, "pad": 2, "stride": 2},
        {"kernel": (2, 3), "dilation": 2, "pad": (1, 2)},
        {"kernel": 3, "pad": 1, "n_group": 2},
    ],
)
@pytest.mark.parametrize("kind", [ConvolutionLayer, DeconvolutionLayer])
def test_filters(kind: type[Layer], options: dict[str, Any]) -> None:
    layer = kind(**WIRES, n_filter=6, bias=False, **options)
    assert layer.flops((BlobSpec(IMAGES),)) == 2 * products(layer, IMAGES)


def test_every_bottom_counts() -> None:
    layer = InnerProductLayer(name="ip", output_dim=3, bias=False, bottoms=["a", "b"], tops=["c", "d"])
    assert layer.flops((BlobSpec((4, 5)), BlobSpec((2, 5)))) == 2 * products(layer, (4, 5), (2, 5)) == 2 * 6 * 5 * 3


def test_tied_inner_product() -> None:
    layer = TiedInnerProductLayer(**WIRES, tied_param_key="encode", output_dim=7, bias=False)
    assert layer.flops((BlobSpec((4, 5)),)) == 2 * products(layer, (4, 5))


@pytest.mark.parametrize(("kind", "gates"), [(LSTMLayer, 4), (GRULayer, 3)])
def test_recurrent(kind: type[Layer], gates: int) -> None:
    steps, num, features, out = 3, 2, 5, 4
    layer = kind(**WIRES, output_dim=out)
    by_hand = 2 * steps * num * gates * out * (features + out)
    assert layer.flops((BlobSpec((steps, num, features)),)) == by_hand


def test_other_layers_count_as_memory_only() -> None:
    assert PoolingLayer(**WIRES, kernel=2).flops((BlobSpec(IMAGES),)) == 0


def conv_relu() -> tuple[ConvolutionLayer, Fused]:
    conv = ConvolutionLayer(**WIRES, n_filter=6, kernel=3)
    return conv, Fused.of(conv, NeuronLayer(name="relu", bottoms=["y"], neuron=Neurons.ReLU()))


def test_fused_counts_all_members() -> None:
    conv, fused = conv_relu()
    assert fused.flops((BlobSpec(IMAGES),)) == conv.flops((BlobSpec(IMAGES),)) > 0
    ip = InnerProductLayer(name="ip", output_dim=2, bottoms=["y"], tops=["z"])
    features = math.prod(conv.plan((BlobSpec(IMAGES),)).tops[0].shape)
    assert Fused(**WIRES, members=(conv, ip)).flops((BlobSpec(IMAGES),)) == fused.flops((BlobSpec(IMAGES),)) + (
        2 * 2 * features
    )


def test_channels_last_counts_the_same() -> None:
    _, fused = conv_relu()
    assert ChannelsLast.of(fused).flops((BlobSpec(to_last(IMAGES)),)) == fused.flops((BlobSpec(IMAGES),))
