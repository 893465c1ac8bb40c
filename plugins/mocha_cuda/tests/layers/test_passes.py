"""What is joined, what is not, and that whole nets compute the same either way."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    BatchNormLayer,
    ConvolutionLayer,
    DropoutLayer,
    ElementWiseLayer,
    InnerProductLayer,
    LRNLayer,
    LRNMode,
    MemoryDataLayer,
    Net,
    NeuronLayer,
    Neurons,
    Pooling,
    PoolingLayer,
    ScaleLayer,
    SoftmaxLossLayer,
)
from mocha_core.layer import Layer
from mocha_core.passes import PassContext, members_of
from mocha_core.testing import expect_parity
from mocha_cuda.passes import fusion, joins

from .trying import needs_compiler, simulated

CONV = ConvolutionLayer(name="c", n_filter=4, kernel=3, bottoms=["x"], tops=["y"])
POOL = PoolingLayer(name="p", kernel=2, stride=2, bottoms=["y"], tops=["z"])
PRODUCT = InnerProductLayer(name="ip", output_dim=4, bottoms=["x"], tops=["y"])


def neuron(kind: Neurons, on: str = "y") -> NeuronLayer:
    return NeuronLayer(name=f"{kind!r} on {on}", neuron=kind, bottoms=[on])


def data(shape: tuple[int, ...]) -> MemoryDataLayer:
    random = np.random.default_rng(0)
    label = random.integers(0, 3, (shape[0], 1)).astype(float)
    return MemoryDataLayer(name="data", tops=["data", "label"], data=[random.normal(size=shape), label], batch_size=2)


DIGITS: list[Layer] = [
    data((4, 1, 14, 14)),
    ConvolutionLayer(name="conv1", n_filter=5, kernel=3, bottoms=["data"], tops=["conv1"]),
    PoolingLayer(name="pool1", kernel=2, stride=2, bottoms=["conv1"], tops=["pool1"]),
    ConvolutionLayer(name="conv2", n_filter=6, kernel=3, bottoms=["pool1"], tops=["conv2"]),
    PoolingLayer(name="pool2", kernel=2, stride=2, bottoms=["conv2"], tops=["pool2"]),
    InnerProductLayer(name="ip1", output_dim=9, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"]),
    DropoutLayer(name="drop", bottoms=["ip1"]),
    InnerProductLayer(name="ip2", output_dim=3, bottoms=["ip1"], tops=["ip2"]),
    SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    AccuracyLayer(name="accuracy", bottoms=["ip2", "label"]),
]

WITHIN = LRNMode.WithinChannel()
IMAGES: list[Layer] = [
    data((4, 3, 12, 12)),
    ConvolutionLayer(name="conv1", n_filter=4, kernel=5, pad=2, bottoms=["data"], tops=["conv1"]),
    PoolingLayer(name="pool1", kernel=3, stride=2, neuron=Neurons.ReLU(), bottoms=["conv1"], tops=["pool1"]),
    LRNLayer(name="norm1", kernel=3, scale=5e-5, mode=WITHIN, bottoms=["pool1"], tops=["norm1"]),
    ConvolutionLayer(name="conv2", n_filter=4, kernel=3, neuron=Neurons.ReLU(), bottoms=["norm1"], tops=["conv2"]),
    PoolingLayer(name="pool2", kernel=3, stride=2, pooling=Pooling.Mean(), bottoms=["conv2"], tops=["pool2"]),
    BatchNormLayer(name="bn", bottoms=["pool2"], tops=["bn"]),
    ScaleLayer(name="scale", bias=True, bottoms=["bn"], tops=["scale"]),
    ConvolutionLayer(name="conv3", n_filter=4, kernel=3, pad=1, bottoms=["scale"], tops=["conv3"]),
    ElementWiseLayer(name="add", bottoms=["conv3", "scale"], tops=["add"]),
    NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["add"]),
    InnerProductLayer(name="ip", output_dim=3, bottoms=["add"], tops=["ip"]),
    SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
]


def test_chains():
    relu, behind, sigmoid = neuron(Neurons.ReLU()), neuron(Neurons.ReLU(), "z"), neuron(Neurons.Sigmoid())
    assert joins((CONV,), relu)
    assert joins((CONV, relu), POOL)
    assert joins((CONV, relu, POOL), behind)
    assert joins((CONV,), POOL)
    assert joins((CONV,), sigmoid)
    assert joins((PRODUCT,), sigmoid)
    assert joins((POOL,), behind)


def test_what_has_no_kernel_is_not_joined():
    floor = neuron(Neurons.ReLU(0.5), "z")
    assert not joins((CONV, neuron(Neurons.ReLU()), POOL), floor)
    assert not joins((CONV,), neuron(Neurons.Swish()))
    assert not joins((CONV, neuron(Neurons.Sigmoid())), POOL)
    assert not joins((CONV.replace(kernel=(3, 3, 3)),), neuron(Neurons.ReLU()))
    assert not joins((CONV,), POOL.replace(mask=True, tops=["z", "where"]))
    assert not joins((POOL,), neuron(Neurons.Sigmoid(), "z"))
    two = CONV.replace(bottoms=["x", "w"], tops=["y", "v"])
    assert not joins((two,), NeuronLayer(name="n", neuron=Neurons.ReLU(), bottoms=["y", "v"]))


def test_kept_blobs_and_other_types_are_left_alone():
    layers = (CONV, neuron(Neurons.ReLU()), POOL)
    (whole,) = fusion(layers, PassContext("train", "float32"))
    assert len(members_of(whole)) == 3
    first, second = fusion(layers, PassContext("train", "float32", frozenset({"y"})))
    assert [len(members_of(first)), len(members_of(second))] == [2, 1]
    assert fusion(layers, PassContext("train", "float64")) == layers


@needs_compiler
@pytest.mark.parametrize("layers", [DIGITS, IMAGES], ids=["digits", "images"])
def test_whole_nets(layers: list[Layer]):
    """The reference's losses; every layer on a kernel of this package, so that a step is one graph."""
    expect_parity(layers, simulated(seed=5), "float32")
    with Net("n", simulated(), layers) as net:
        assert "GenericKernel" not in net.explain()


@needs_compiler
@pytest.mark.parametrize("layers", [DIGITS, IMAGES], ids=["digits", "images"])
def test_joined_and_apart_and_from_a_graph(layers: list[Layer]):
    """Replayed graphs give the same bits as plain calls; layers apart the same numbers but for rounding."""
    found = []
    for graphs, keep in ((True, ()), (False, ()), (True, ("all",))):
        with Net("n", simulated(seed=1, graphs=graphs), layers, keep=keep) as net:
            net.init()
            losses = [net.forward_backward() for _ in range(4)]
            found.append((losses, {t.parameter.path: t.diff.to_array() for t in net.trainable}))
    (losses, grads), (plain_losses, plain_grads), (apart_losses, apart_grads) = found
    assert losses == plain_losses
    np.testing.assert_allclose(losses, apart_losses, rtol=1e-5)
    for path, values in grads.items():
        np.testing.assert_array_equal(values, plain_grads[path], err_msg=path)
        limit = 1e-5 * float(np.abs(values).max(initial=1))
        np.testing.assert_allclose(values, apart_grads[path], rtol=0, atol=limit, err_msg=path)
