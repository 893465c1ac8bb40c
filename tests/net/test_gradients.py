"""Gradients of whole nets: sums over readers, shared parameters, in-place layers, inputs."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Neurons
from mocha_core.backend import Backend
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.identity import IdentityLayer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer
from mocha_core.layers.split import SplitLayer
from mocha_core.net import Net

from .nets import CLASSES, classifier, data
from .slope import assert_gradients_are_slopes

NEURONS = [
    Neurons.Identity(),
    Neurons.ReLU(),
    Neurons.LReLU(),
    Neurons.Sigmoid(),
    Neurons.Tanh(),
    Neurons.Exponential(),
]


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
def test_classifier(backend: Backend, neuron: Neurons.Identity) -> None:
    assert_gradients_are_slopes(Net("n", backend, [data(), *classifier(neuron)], dtype="float64"))


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
def test_dropout_right_on_a_neuron(backend: Backend, neuron: Neurons.Identity) -> None:
    """Old Mocha took the derivative of sigmoid, tanh and exp from the values after dropout (section 12, item 19)."""
    layers = [data(), DropoutLayer(name="drop", bottoms=["ip1"], ratio=0.4), *classifier(neuron)]
    assert_gradients_are_slopes(Net("n", backend, layers, dtype="float64"))


def test_blob_read_three_times_without_a_split(backend: Backend) -> None:
    """Gradients are summed by the net (item 33)."""
    ip1, _, loss = classifier()
    ways = [InnerProductLayer(name=f"way{k}", output_dim=CLASSES, bottoms=["ip1"], tops=[f"way{k}"]) for k in range(3)]
    sums = [
        ElementWiseLayer(name="sum1", bottoms=["way0", "way1"], tops=["sum1"]),
        ElementWiseLayer(name="sum2", bottoms=["sum1", "way2"], tops=["ip2"]),
    ]
    assert_gradients_are_slopes(Net("n", backend, [data(), ip1, *ways, *sums, loss], dtype="float64"))


def test_same_blob_as_both_bottoms(backend: Backend) -> None:
    _, ip2, loss = classifier()
    first = InnerProductLayer(name="ip1", output_dim=7, bottoms=["data"], tops=["a"])
    double = ElementWiseLayer(name="double", bottoms=["a", "a"], tops=["ip1"])
    assert_gradients_are_slopes(Net("n", backend, [data(), first, double, ip2, loss], dtype="float64"))


def test_split_with_an_in_place_layer_on_its_first_top(backend: Backend) -> None:
    """An in-place layer on one top leaves the original alone (item 29)."""
    ip1, ip2, loss = classifier()
    split = SplitLayer(name="split", bottoms=["ip1"], tops=["left", "right"])
    drop = DropoutLayer(name="drop", bottoms=["left"], ratio=0.5)
    join = ElementWiseLayer(name="join", bottoms=["left", "right"], tops=["joined"])
    last = ip2.replace(bottoms=["joined"])
    assert_gradients_are_slopes(Net("n", backend, [data(), ip1, split, drop, join, last, loss], dtype="float64"))


def test_identity_then_in_place_on_a_blob_that_is_read_elsewhere(backend: Backend) -> None:
    ip1, ip2, loss = classifier()
    same = IdentityLayer(name="same", bottoms=["ip1"], tops=["copy"])
    drop = DropoutLayer(name="drop", bottoms=["copy"], ratio=0.5)
    join = ElementWiseLayer(name="join", bottoms=["ip1", "copy"], tops=["joined"])
    last = ip2.replace(bottoms=["joined"])
    assert_gradients_are_slopes(Net("n", backend, [data(), ip1, same, drop, join, last, loss], dtype="float64"))


def test_one_parameter_used_by_two_layers(backend: Backend) -> None:
    """The gradients of all uses are summed."""
    first = InnerProductLayer(name="a", param_key="shared", output_dim=5, bottoms=["data"], tops=["a"])
    second = InnerProductLayer(name="b", param_key="shared", output_dim=5, bottoms=["a"], tops=["ip1"])
    _, ip2, loss = classifier()
    net = Net("n", backend, [data(), first, second, ip2, loss], dtype="float64")
    assert [t.parameter.path for t in net.trainable].count("shared___weight") == 1
    assert_gradients_are_slopes(net)


def test_two_losses_add_up(backend: Backend) -> None:
    layers = classifier()
    extra = SoftmaxLossLayer(name="loss2", bottoms=["ip1", "label"], weight=0.3)
    net = Net("n", backend, [data(), *layers, extra], dtype="float64")
    assert_gradients_are_slopes(net)
    losses = net.losses()
    assert net.objective() == losses["loss"] + losses["loss2"]


def test_gradient_of_an_input(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], dtype="float64", gradients=["data"])
    net.forward_backward()
    dx = net.diff("data").to_array()
    w1 = {p.path: p.blob.to_array() for p in net.all_parameters}["ip1___weight"]
    db1 = {t.parameter.path: t.diff.to_array() for t in net.trainable}["ip1___bias"]
    np.testing.assert_allclose(dx.sum(axis=0), (db1 @ w1).ravel(), rtol=1e-12)
