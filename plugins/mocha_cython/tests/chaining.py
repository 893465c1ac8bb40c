"""Nets whose layers can run as chains, and ways to run them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core import (
    BatchNormLayer,
    ConvolutionLayer,
    InnerProductLayer,
    LRNLayer,
    LRNMode,
    MemoryDataLayer,
    Net,
    NeuronLayer,
    Neurons,
    Pooling,
    PoolingLayer,
    PowerLayer,
    ScaleLayer,
)
from mocha_core.layer import Layer
from mocha_cython import CythonBackend
from mocha_cython.chains import ChainStep, chained

RNG = np.random.default_rng(5)
IMAGES = RNG.normal(size=(9, 3, 13, 11)).astype(np.float32)


def conv(name: str, bottom: str, filters: int, **options: Any) -> ConvolutionLayer:
    return ConvolutionLayer(name=name, bottoms=[bottom], tops=[name], n_filter=filters, **options)


def pool(name: str, bottom: str, function: Any, **options: Any) -> PoolingLayer:
    return PoolingLayer(name=name, bottoms=[bottom], tops=[name], pooling=function, **options)


USUAL: tuple[Layer, ...] = (
    conv("c1", "x", 18, kernel=(3, 3), pad=(1, 1), neuron=Neurons.ReLU()),
    pool("p1", "c1", Pooling.Max(), kernel=(3, 3), stride=(2, 2)),
    LRNLayer(name="n1", bottoms=["p1"], tops=["n1"], kernel=3, mode=LRNMode.WithinChannel()),
    conv("c2", "n1", 34, kernel=(3, 2), pad=(1, 0)),
    LRNLayer(name="n2", bottoms=["c2"], tops=["n2"], kernel=5),
    pool("p2", "n2", Pooling.Mean(), kernel=(2, 3), stride=(1, 2)),
)
ODD: tuple[Layer, ...] = (
    conv("c1", "x", 6, kernel=(2, 3), stride=(2, 1), dilation=(2, 1), n_group=3, neuron=Neurons.Tanh()),
    BatchNormLayer(name="b", bottoms=["c1"], tops=["b"]),
    ScaleLayer(name="s", bottoms=["b"], tops=["s"], bias=True),
    NeuronLayer(name="e", bottoms=["s"], neuron=Neurons.ELU()),
    PowerLayer(name="w", bottoms=["s"], tops=["w"], power=2, shift=1),
    pool("p1", "w", Pooling.Max(), kernel=(2, 2), pad=(1, 1)),
    conv("c2", "p1", 5, kernel=(1, 1), neuron=Neurons.ReLU()),
)
NETS = {"usual": USUAL, "odd": ODD}


def ip(bottom: str) -> InnerProductLayer:
    return InnerProductLayer(name="ip", bottoms=[bottom], tops=["ip"], output_dim=4)


def built(
    layers: Sequence[Layer], images: np.ndarray[Any, Any] = IMAGES, keep: Sequence[str] = (), **options: Any
) -> Net:
    """A net for predictions whose parameters are the same each time."""
    data = MemoryDataLayer(data=[images], tops=["x"], batch_size=len(images))
    backend = CythonBackend(**{"threads": 2, "autotune": False, **options})
    net = Net("n", backend, [data, *layers], phase="test", keep=keep)
    rng = np.random.default_rng(1)
    for parameter in net.all_parameters:
        parameter.load(rng.uniform(0.1, 0.9, parameter.blob.shape) - (0.5 if parameter.spec.name == "filter" else 0))
    return net


def steps_of(net: Net) -> list[Any]:
    return chained(net.backend, [step.call for step in net._program.wiring.forward])


def chain_lengths(net: Net) -> list[int]:
    return [len(step.kernels) for step in steps_of(net) if isinstance(step, ChainStep)]


def step_by_step(net: Net) -> None:
    for step in net._program.wiring.forward:
        step()


def outputs(net: Net) -> dict[str, np.ndarray[Any, Any]]:
    return {name: blob.to_array() for name, blob in net.output_blobs.items()}


def spoil(net: Net) -> None:
    """So that results cannot be those of a run before."""
    for blob in net.output_blobs.values():
        if blob.name != "x":
            blob.array.fill(np.nan)


def same_both_ways(net: Net) -> bool:
    """Whether both ways give the same bits, twice, as the first time packs filters."""
    net.forward()
    first = outputs(net)
    spoil(net)
    net.forward()
    again = outputs(net)
    spoil(net)
    net._feeders.write()
    step_by_step(net)
    alone = outputs(net)
    pairs = [(each[name], alone[name]) for each in (first, again) for name in alone]
    return all(np.array_equal(a.view(np.int32), b.view(np.int32)) for a, b in pairs)
