"""Convolutions to try: options, shapes, and what is joined to them."""

from __future__ import annotations

from typing import Any

from mocha_core import ConvolutionLayer, NeuronLayer, Neurons, PoolingLayer
from mocha_core.layer import Layer
from mocha_core.passes import Fused
from mocha_core.testing import Case

from .trying import bottoms

OPTIONS: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({"n_filter": 1, "kernel": 1}, (1, 1, 1, 1)),
    ({"n_filter": 20, "kernel": 5}, (2, 1, 12, 11)),
    ({"n_filter": 33, "kernel": (3, 2), "pad": (1, 0)}, (3, 3, 7, 6)),
    ({"n_filter": 18, "kernel": 3, "pad": 2, "stride": (1, 2), "dilation": (2, 1), "n_group": 3}, (2, 6, 9, 10)),
    ({"n_filter": 7, "kernel": (2, 3), "stride": 3, "bias": False}, (2, 4, 11, 12)),
    ({"n_filter": 4, "kernel": 3, "pad": 1, "n_group": 4}, (5, 4, 6, 5)),
    ({"n_filter": 17, "kernel": 1, "stride": 2}, (2, 19, 5, 7)),
    ({"n_filter": 3, "kernel": 2, "stride": 9}, (2, 2, 20, 11)),
]
"""Filters fewer and more than a tile has rows, sums of fewer and more steps, strides beyond the kernel."""

NEURONS = (None, Neurons.ReLU(0.125), Neurons.Sigmoid())

RELU = Neurons.ReLU(0.125)


def convolution(options: dict[str, Any], shape: tuple[int, ...], neuron: Any = None) -> Case:
    """A convolution, with a neuron behind it or none."""
    layer: Layer = ConvolutionLayer(name="c", bottoms=["x"], tops=["y"], **options)
    if neuron is not None:
        layer = Fused.of(layer, NeuronLayer(name="n", neuron=neuron, bottoms=["y"]))
    return Case(layer, bottoms(shape))


def pooled(
    options: dict[str, Any], shape: tuple[int, ...], pool: dict[str, Any], before: bool = False, after: bool = False
) -> Case:
    """A convolution with a pooling, and ReLUs in front of that and behind."""
    layers: list[Layer] = [ConvolutionLayer(name="c", bottoms=["x"], tops=["y"], **options)]
    layers += [NeuronLayer(name="before", neuron=RELU, bottoms=["y"])] * before
    layers += [PoolingLayer(name="p", bottoms=["y"], tops=["z"], **pool)]
    layers += [NeuronLayer(name="after", neuron=RELU, bottoms=["z"])] * after
    return Case(Fused.of(*layers), bottoms(shape))
