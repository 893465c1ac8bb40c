"""Dropout falls away where it does nothing."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    Backend,
    ConvolutionLayer,
    DropoutLayer,
    IdentityLayer,
    InnerProductLayer,
    Layer,
    MemoryOutputLayer,
    NeuronLayer,
    Neurons,
    PowerLayer,
    fold,
)

from .nets import LIMIT, error, names, net, normalised, predictions

SHAPE = (3, 5)
GONE = "dropout does nothing in the test phase"


def ip(name: str, bottom: str) -> Layer:
    return InnerProductLayer(name=name, output_dim=4, bottoms=[bottom], tops=[name])


def drop(bottom: str, *tops: str, name: str = "drop") -> Layer:
    return DropoutLayer(name=name, bottoms=[bottom], tops=tops)


def square(bottom: str, top: str) -> Layer:
    return PowerLayer(name=top, power=2, bottoms=[bottom], tops=[top])


@pytest.mark.parametrize("tops", [(), ("dropped",)])
def test_it_falls_away(backend: Backend, tops: tuple[str, ...]) -> None:
    plain = net(backend, [ip("a", "data"), drop("a", *tops), ip("b", (*tops, "a")[0])], SHAPE)
    folded = fold(plain)
    assert names(folded) == ["a", "b"]
    assert folded.remarks == ("folded: 1 layer fewer", f"    drop is gone: {GONE}")
    np.testing.assert_array_equal(*predictions(plain, folded))


def test_several_in_a_row_and_with_normalisation(backend: Backend) -> None:
    conv = ConvolutionLayer(name="conv", n_filter=4, kernel=3, bottoms=["data"], tops=["conv"])
    drops = [drop("conv", "d1", name="drop1"), drop("d1", "d2", name="drop2")]
    plain = net(backend, [conv, *drops, *normalised("d2")], (2, 4, 6, 6))
    folded = fold(plain)
    assert names(folded) == ["conv"]
    assert error(*predictions(plain, folded)) <= LIMIT


def test_an_end_of_the_net_and_a_kept_blob_keep_their_names(backend: Backend) -> None:
    plain = net(backend, [ip("a", "data"), drop("a", "dropped")], SHAPE)
    assert list(fold(plain, keep=()).output_blobs) == ["dropped"]
    plain = net(backend, [ip("a", "data"), drop("a", "dropped"), ip("b", "dropped")], SHAPE, keep=["dropped"])
    folded = fold(plain)
    assert names(folded) == ["a", "drop", "b"]
    assert GONE not in "\n".join(folded.remarks)


def test_what_an_output_layer_reads_keeps_its_name(backend: Backend) -> None:
    """Files name their data sets after it."""
    layers = [ip("a", "data"), drop("a", "dropped"), MemoryOutputLayer(name="out", bottoms=["dropped"])]
    assert names(fold(net(backend, layers, SHAPE), keep=())) == ["a", "drop", "out"]


def test_a_neuron_in_place_on_its_top(backend: Backend) -> None:
    relu = NeuronLayer(name="relu", bottoms=["dropped"], neuron=Neurons.ReLU())
    layers = [ip("a", "data"), drop("a", "dropped"), relu, square("dropped", "y")]
    alone = net(backend, layers, SHAPE)
    assert names(fold(alone)) == ["a", "relu", "y"]
    np.testing.assert_array_equal(*predictions(alone, fold(alone)))
    shared = net(backend, [*layers, square("a", "z")], SHAPE)
    assert "drop" in names(fold(shared))
    one, other = predictions(shared, fold(shared))
    np.testing.assert_array_equal(one["z"], other["z"])
    assert (one["y"] != one["z"]).any()


def test_a_second_name_that_the_user_gave_stays(backend: Backend) -> None:
    identity = IdentityLayer(bottoms=["a"], tops=["scores"])
    folded = fold(net(backend, [ip("a", "data"), identity, square("scores", "y")], SHAPE))
    assert names(folded) == ["a", "identity", "y"]
