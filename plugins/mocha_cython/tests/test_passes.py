"""The passes leave alone what has no compiled kernel."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    ConvolutionLayer,
    ElementWiseLayer,
    InnerProductLayer,
    Layer,
    MemoryDataLayer,
    Net,
    NeuronLayer,
    Neurons,
    PoolingLayer,
)
from mocha_core import ElementWiseFunctors as F
from mocha_core.channels_last import ChannelsLast
from mocha_core.testing import ReferenceBackend, grid
from mocha_cython import CythonBackend
from mocha_cython.passes import follows, joins, leads

X = grid((2, 3, 8, 6))
POOL = PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["c"], tops=["y"])


def add(operation: F) -> ElementWiseLayer:
    return ElementWiseLayer(name="join", operation=operation, bottoms=["c", "c"], tops=["y"])


ALONE: list[Layer] = [
    POOL.replace(mask=True, tops=["y", "where"]),
    *(add(operation) for operation in (F.Sum(), F.Sum([1.0, -2.0]), F.Product(), F.Maximum())),
    *(NeuronLayer(name="n", neuron=neuron, bottoms=["c"], tops=["y"]) for neuron in (Neurons.Abs(), Neurons.Clip())),
]
LAST: list[Layer] = [POOL.replace(round_mode="floor"), POOL.replace(kernel=1, stride=1, global_pooling=True)]


@pytest.mark.parametrize("layer", ALONE, ids=repr)
def test_what_has_no_kernel_keeps_its_layout(layer: Layer) -> None:
    assert not leads(layer)
    assert not follows(layer)


@pytest.mark.parametrize("layer", [*ALONE, *LAST], ids=repr)
def test_the_same_numbers_behind_a_convolution(layer: Layer) -> None:
    layers = [
        MemoryDataLayer(name="data", tops=["x"], data=[X], batch_size=2),
        ConvolutionLayer(name="conv", n_filter=4, kernel=3, bottoms=["x"], tops=["c"]),
        layer,
    ]
    found = []
    for backend in (ReferenceBackend(seed=1), CythonBackend(seed=1)):
        with Net("n", backend, layers, keep=layer.tops) as net:
            net.init()
            net.forward()
            found.append([net.blob(top).to_array() for top in layer.tops])
    for want, got in zip(*found, strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-4)


@pytest.mark.parametrize("layer", LAST, ids=repr)
def test_new_ways_of_pooling_have_compiled_kernels(layer: PoolingLayer) -> None:
    layers = [MemoryDataLayer(name="data", tops=["c"], data=[X], batch_size=2), layer]
    with Net("n", CythonBackend(), layers) as net:
        assert any(isinstance(each, ChannelsLast) for each in net.layers)
        assert "mocha_cython.Pooling" in net.explain()


def test_inner_products_without_a_kernel_are_not_joined() -> None:
    relu = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["y"])
    plain = InnerProductLayer(name="ip", output_dim=4, bottoms=["c"], tops=["y"])
    assert joins((plain,), relu)
    assert not joins((plain.replace(transposed=True),), relu)
    assert not joins((plain.replace(axis=2),), relu)
