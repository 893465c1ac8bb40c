"""Old traps that show only once layers are joined (numbers: the list of known faults of the old framework)."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import DataError
from mocha_core.layers.accuracy import AccuracyLayer
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.pooling import PoolingLayer
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer
from mocha_core.layers.split import SplitLayer
from mocha_core.net import Net
from mocha_core.neurons import Neurons
from mocha_core.testing.backends import ReferenceBackend

from .layer_math import grid


def data(last_label=2.0):
    label = np.array([[0.0], [1.0], [last_label]])
    return MemoryDataLayer(name="data", data=[grid(3, 5), label], batch_size=3)


CLASSIFIER = [
    InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["ip"]),
    SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
]


def test_softmax_on_data_that_wants_no_gradient():
    """Behaviour 26."""
    net = Net("n", ReferenceBackend(), [data(), SoftmaxLayer(bottoms=["data"], tops=["x"]), *CLASSIFIER])
    assert np.isfinite(net.forward_backward())


@pytest.mark.parametrize("no_copy", [False, True])
@pytest.mark.parametrize("changed", ["left", "right"])
def test_in_place_layer_on_one_top_of_a_split_changes_that_top_only(no_copy, changed):
    """Behaviour 29."""
    split = SplitLayer(bottoms=["data"], tops=["left", "right"], no_copy=no_copy)
    layers = [data(), split, DropoutLayer(bottoms=[changed])]
    net = Net("n", ReferenceBackend(), layers, dtype="float64", keep="all")
    net.forward()
    blobs = {name: net.blob(name).to_array() for name in ("data", "left", "right")}
    dropped = blobs.pop(changed)
    assert 0 < np.count_nonzero(dropped) < dropped.size
    for same in blobs.values():
        np.testing.assert_array_equal(same, grid(3, 5))


@pytest.mark.parametrize("bad", [3.0, -1.0])
@pytest.mark.parametrize(
    "reader",
    [SoftmaxLossLayer(name="top", bottoms=["ip", "label"]), AccuracyLayer(name="top", bottoms=["ip", "label"])],
)
def test_impossible_label_in_the_data_is_an_error(reader, bad):
    """Behaviour 41 and 51."""
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["data"], tops=["ip"])
    net = Net("n", ReferenceBackend(), [data(bad), ip, reader])
    with pytest.raises(
        DataError, match=rf"'top': blob 'label' holds the label {bad:g} in sample 2 .* 3 classes: 0 \.\.\. 2"
    ):
        net.forward()


def test_dropout_is_gone_in_the_test_phase():
    layers = [data(), DropoutLayer(bottoms=["data"], tops=["x"]), *CLASSIFIER]
    net = Net("n", ReferenceBackend(), layers, phase="test", dtype="float64", keep="all")
    net.forward()
    np.testing.assert_array_equal(net.blob("x").to_array(), grid(3, 5))


def test_pooling_with_a_neuron_right_on_the_data():
    """Behaviour 27: in old Mocha the neuron's backward crashed, because data have no gradient."""
    images = MemoryDataLayer(name="data", data=[grid(3, 1, 4, 4), np.array([[0.0], [1.0], [2.0]])], batch_size=3)
    pool = PoolingLayer(kernel=2, stride=2, neuron=Neurons.ReLU(), bottoms=["data"], tops=["x"])
    net = Net("n", ReferenceBackend(), [images, pool, *CLASSIFIER], dtype="float64", keep=["x"])
    assert np.isfinite(net.forward_backward())
    highest = grid(3, 1, 4, 4).reshape(3, 1, 2, 2, 2, 2).max(axis=(3, 5))
    np.testing.assert_array_equal(net.blob("x").to_array(), np.maximum(highest, 0))
