"""The order of layers, versions of in-place blobs, and every topology error by name."""

from __future__ import annotations

import random

import pytest

from mocha_core.errors import TopologyError
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.identity import IdentityLayer
from mocha_core.layers.input import InputLayer
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.topology import sort_layers


def source(*tops: str) -> InputLayer:
    return InputLayer(name="in", tops=tops, shapes=[(2, 3)] * len(tops))


def link(bottom: str, top: str) -> IdentityLayer:
    return IdentityLayer(name=f"{bottom}-{top}", bottoms=[bottom], tops=[top])


def names(layers: list) -> list[str]:
    return [node.layer.name for node in sort_layers(layers)]


def test_any_order_of_layers_gives_the_same_order_of_dependencies() -> None:
    layers = [source("a"), link("a", "b"), link("b", "c"), link("c", "d")]
    for seed in range(10):
        shuffled = layers.copy()
        random.Random(seed).shuffle(shuffled)
        assert names(shuffled) == ["in", "a-b", "b-c", "c-d"]


def test_in_place_layers_run_before_every_other_reader_wherever_they_stand() -> None:
    drops = [DropoutLayer(name=f"drop{k}", bottoms=["a"]) for k in (1, 2)]
    layers = [link("a", "b"), drops[0], link("a", "c"), drops[1], source("a")]
    assert names(layers)[:3] == ["in", "drop1", "drop2"]
    nodes = {node.layer.name: node for node in sort_layers(layers)}
    assert nodes["drop2"].reads == (("a", 1),)
    assert nodes["a-b"].reads == nodes["a-c"].reads == (("a", 2),)


def test_two_layers_of_one_name() -> None:
    with pytest.raises(TopologyError, match=r"2 layers are named 'x' \(IdentityLayer, SoftmaxLayer\)"):
        names(
            [
                source("a"),
                IdentityLayer(name="x", bottoms=["a"], tops=["b"]),
                SoftmaxLayer(name="x", bottoms=["a"], tops=["c"]),
            ]
        )


def test_blob_written_twice() -> None:
    with pytest.raises(TopologyError, match="blob 'b' is written by layer 'a-b' and by layer 'again'"):
        names([source("a"), link("a", "b"), IdentityLayer(name="again", bottoms=["a"], tops=["b"])])


def test_blob_nobody_writes_suggests_the_near_one() -> None:
    with pytest.raises(TopologyError, match="reads blob 'pol1', which no layer writes; did you mean 'pool1'"):
        names([source("pool1"), link("pol1", "x")])


def test_in_place_layer_on_a_missing_blob() -> None:
    with pytest.raises(TopologyError, match="layer 'drop' reads blob 'b'"):
        names([source("a"), DropoutLayer(name="drop", bottoms=["b"])])


def test_cycle() -> None:
    with pytest.raises(TopologyError, match="'b-c', 'c-b' wait for each other in a cycle"):
        names([source("a"), link("b", "c"), link("c", "b")])
