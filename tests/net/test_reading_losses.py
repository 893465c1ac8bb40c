"""Layers that read a loss or a statistic: what the net reports stays as it was, and no gradient goes back."""

from __future__ import annotations

import pytest

from mocha_core import (
    AccuracyLayer,
    InnerProductLayer,
    MemoryDataLayer,
    MemoryOutputLayer,
    Net,
    NeuronLayer,
    Neurons,
    ParameterStore,
    PowerLayer,
    ReshapeLayer,
    SquareLossLayer,
    TopologyError,
)
from mocha_core.layer import Layer
from mocha_core.testing.opening import opened

from .nets import classifier, data, samples

on_both = pytest.mark.parametrize("backend", ["reference", "cpu"])
NUMBERS = ("loss", "loss/items", "acc", "acc/items")


def scaled(bottom: str, top: str) -> Layer:
    return PowerLayer(name=top, bottoms=[bottom], tops=[top], scale=10, shift=1)


def classifying(store: ParameterStore, *more: Layer, phase: str = "train") -> Net:
    """A net whose loss and accuracy count their items."""
    *below, loss = classifier()
    accuracy = AccuracyLayer(name="acc", bottoms=["ip2", "label"], ignore_label=1)
    layers = [data(), *below, loss.replace(ignore_label=1), accuracy, *more]
    return Net("n", store.backend, layers, phase=phase, dtype="float64", parameters=store)


@on_both
@pytest.mark.parametrize("phase", ["train", "test"])
def test_what_is_reported_does_not_depend_on_readers(backend: str, phase: str) -> None:
    store = ParameterStore(opened(backend))
    alone = classifying(store, phase=phase)
    read = classifying(store, *(scaled(name, f"ten {name}") for name in NUMBERS), phase=phase)
    for _ in range(3):
        assert read.forward() == alone.forward() > 0
        assert read.statistics() == alone.statistics()
        assert read.blob("ten loss").to_array() == pytest.approx(10 * read.blob("loss").to_array() + 1)
        if phase == "train":
            read.backward()
            assert read.losses() == alone.losses()


@on_both
def test_a_reader_that_works_in_place_sees_its_own(backend: str) -> None:
    store = ParameterStore(opened(backend))
    alone = classifying(store)
    read = classifying(store, NeuronLayer(name="in place", bottoms=["acc"], neuron=Neurons.Sigmoid()))
    for net in (alone, read):
        net.forward_backward()
    assert read.statistics() == alone.statistics()
    assert read.blob("acc").to_array() > 0.5


def composed(*more: Layer, target: str = "r", phase: str = "train", **options: object) -> Net:
    """`second` is a loss of the blob r, and that is the loss `first` in another shape."""
    x, y = samples()
    layers = [
        MemoryDataLayer(name="data", data=[x, y], batch_size=4),
        MemoryDataLayer(name="zero", data=[y[:1]], tops=["zero"], batch_size=1),
        InnerProductLayer(name="ip", output_dim=1, bottoms=["data"], tops=["ip"]),
        SquareLossLayer(name="first", bottoms=["ip", "label"]),
        ReshapeLayer(name="shape", shape=(1, 1), axis=0, num_axes=0, bottoms=["first"], tops=["r"]),
        SquareLossLayer(name="second", bottoms=[target, "zero"]),
        *more,
    ]
    return Net("n", opened("reference"), layers, phase=phase, **options)  # type: ignore[arg-type]


def test_no_gradient_goes_back_through_a_loss() -> None:
    said = (
        r"layer 'shape' reads blob 'first' on the way to another loss, but no gradient goes back through loss 'first'; "
        r"put a factor into its weight="
    )
    with pytest.raises(TopologyError, match=said):
        composed()
    with pytest.raises(TopologyError, match=said):
        composed(gradients=["data"])


def test_a_loss_may_be_read_where_no_gradient_comes_back() -> None:
    assert composed(phase="test").forward() > 0
    read = MemoryOutputLayer(name="out", bottoms=["first", "r"])
    net = composed(read, target="zero")
    assert net.forward_backward() == float(net.outputs("out")[0]) == float(net.outputs("out", 1)[0][0, 0])
