from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import BlobAccessError, DataError, OptionError
from mocha_core.layer import Values
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.input import InputLayer
from mocha_core.layers.power import PowerLayer
from mocha_core.layers.reshape import ReshapeLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer
from mocha_core.memory import plan_arena
from mocha_core.net import Net
from mocha_core.testing.backends import ReferenceBackend


def test_tops_have_the_given_shapes():
    layer = InputLayer(tops=["data", "mask"], shapes=[[4, 1, 28, 28], (4, np.int64(7))])
    assert [top.shape for top in layer.plan(()).tops] == [(4, 1, 28, 28), (4, 7)]
    assert layer.traits.source
    assert layer.traits.input
    assert hash(layer) == hash(InputLayer(tops=["data", "mask"], shapes=[(4, 1, 28, 28), (4, 7)]))


def test_has_no_data_of_its_own():
    with pytest.raises(DataError, match=r"'in'.*net.predict"):
        InputLayer(name="in", tops=["data"], shapes=[(1, 2)]).forward(np, Values())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tops": [], "shapes": []}, "at least one top"),
        ({"tops": ["a"], "shapes": [(1,)], "bottoms": ["x"]}, "needs no bottoms"),
        ({"tops": ["a", "b"], "shapes": [(1, 2)]}, "one shape per top"),
        ({"tops": ["a"], "shapes": [(0,)]}, "positive sizes"),
        ({"tops": ["a"], "shapes": [(1, 0)]}, "positive sizes"),
        ({"tops": ["a"], "shapes": [(1.5, 2)]}, "whole numbers"),
        ({"tops": ["a"], "shapes": [4]}, "whole numbers"),
        ({"tops": ["a"]}, "InputLayer needs shapes"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        InputLayer(**options)


def test_what_nobody_sets_is_zero():
    """On a backend whose fresh memory holds NaN."""
    inputs = InputLayer(tops=["x", "state"], shapes=[(2, 3), (2, 3)])
    layers = [ElementWiseLayer(bottoms=["x", "state"], tops=["sum"]), *chain("sum", 4)]
    net = Net("n", ReferenceBackend(), [inputs, *layers], dtype="float64")
    assert not net.blob("state").to_array().any()
    net.blob("x").set(np.ones((2, 3)))
    net.run_forward()
    assert (net.blob("end").to_array() == 16).all()


def test_no_other_blob_has_the_memory_of_an_input():
    """So what was set is there in the next step."""
    inputs = InputLayer(tops=["x"], shapes=[(2, 3)])
    with Net("n", SharingBackend(), [inputs, *chain("x", 4)], dtype="float64") as net:
        net.blob("x").set(np.ones((2, 3)))
        for _ in range(2):
            net.run_forward()
            assert (net.blob("end").to_array() == 16).all()
        with pytest.raises(BlobAccessError, match="'twice1' of net 'n' shares its memory"):
            net.blob("twice1")


class SharingBackend(ReferenceBackend):
    """Blobs whose lives do not overlap have the same memory."""

    def allocate(self, slots):
        arena = plan_arena(slots)
        memory = np.full(arena.nbytes, 7, np.uint8)
        places = zip(slots, arena.offsets, strict=True)
        return [memory[k : k + s.spec.nbytes].view(s.spec.dtype).reshape(s.spec.shape) for s, k in places]


@pytest.mark.parametrize("bad", [3.0, -1.0, 0.5, np.nan])
def test_a_label_that_is_set_is_checked(bad):
    """As those of data layers; the blob is left as it was."""
    inputs = InputLayer(tops=["x", "label"], shapes=[(2, 3), (2, 1)])
    flat = ReshapeLayer(name="flat", shape=(2,), axis=0, bottoms=["label"], tops=["flat"])
    loss = SoftmaxLossLayer(name="loss", bottoms=["x", "flat"])
    net = Net("n", ReferenceBackend(), [inputs, flat, loss])
    net.blob("label").set([[1], [2]])
    for write in (lambda: net.blob("label").set([[1], [bad]]), lambda: net.blob("label").fill(bad)):
        with pytest.raises(DataError, match=f"layer 'loss': blob 'label' holds the label {bad:g} in sample "):
            write()
    assert net.blob("label").to_array().tolist() == [[1], [2]]
    with pytest.raises(DataError, match=f"blob 'label' holds the label {bad:g} in sample 1"):
        net.predict({"x": np.zeros((2, 3)), "label": np.array([[1], [bad]])}, "loss")


def chain(first: str, count: int) -> list[PowerLayer]:
    """Each doubles what the one before gives."""
    names = [first, *(f"twice{k}" for k in range(1, count)), "end"]
    return [PowerLayer(name=f"p{k}", scale=2, bottoms=[names[k]], tops=[names[k + 1]]) for k in range(count)]
