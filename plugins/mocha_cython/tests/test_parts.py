"""Convolutions that write their parts of a concatenation: the same numbers, and nothing left to copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import (
    BlobSpec,
    ConcatLayer,
    ConvolutionLayer,
    Layer,
    MemoryDataLayer,
    Net,
    Neurons,
    PoolingLayer,
    ShapeError,
)
from mocha_core.channels_last import ChannelsLast
from mocha_core.testing import Bottom, Case, ReferenceBackend
from mocha_core.testing.rig import Rig
from mocha_core.testing.tolerances import tolerance
from mocha_cython import CythonBackend
from mocha_cython.parts import PartLayer


def layers(second: Layer | None = None) -> list[Layer]:
    """Two convolutions of one blob, joined in the other order than they run."""
    x = np.random.default_rng(0).normal(size=(2, 3, 9, 7))
    relu = Neurons.ReLU()
    one = ConvolutionLayer(name="one", n_filter=5, kernel=(1, 1), neuron=relu, bottoms=["data"], tops=["one"])
    three = ConvolutionLayer(name="three", n_filter=17, kernel=(3, 3), pad=(1, 1), bottoms=["data"], tops=["three"])
    both = ConcatLayer(name="both", bottoms=["three", "one"], tops=["both"])
    after = ConvolutionLayer(name="after", n_filter=2, kernel=(2, 2), bottoms=["both"], tops=["after"])
    return [MemoryDataLayer(data=[x], tops=["data"], batch_size=2), one, second or three, both, after]


def kinds(net: Net) -> list[str]:
    inner = (layer.member if isinstance(layer, ChannelsLast) else layer for layer in net.layers)
    return [type(layer).__name__ for layer in inner]


def predicted(backend: Any, given: list[Layer], **options: Any) -> tuple[np.ndarray[Any, Any], Net]:
    net = Net("n", backend, given, phase="test", **options)
    net.forward()
    return net.blob("after").to_array(), net


def test_same_numbers_without_a_concatenation() -> None:
    want, _ = predicted(ReferenceBackend(), layers(), dtype="float64")
    got, net = predicted(CythonBackend(), layers())
    assert kinds(net).count("PartLayer") == 2
    assert "ConcatLayer" not in kinds(net)
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance("float32", 22 * 4 + 27, np.abs(want).max()) * 4)


def test_the_parts_lie_in_one_blob() -> None:
    _, net = predicted(CythonBackend(), layers())
    slots = net._built.lives.values
    blobs = net._built.wirer.blobs
    tops = [blobs[slots[name, 0]].array.ctypes.data for name in ("both/1/channels-last", "both/channels-last")]
    assert tops[0] == tops[1]


@pytest.mark.parametrize("options", [{"keep": ["one"]}, {"keep": "all"}, {"dtype": "float64"}])
def test_left_alone(options: dict[str, Any]) -> None:
    got, net = predicted(CythonBackend(), layers(), **options)
    assert "ConcatLayer" in kinds(net)
    assert np.isfinite(got).all()


def test_left_alone_where_a_part_is_no_convolution() -> None:
    pool = PoolingLayer(name="pool", kernel=(1, 1), stride=(1, 1), bottoms=["data"], tops=["three"])
    assert "ConcatLayer" in kinds(predicted(CythonBackend(), layers(pool))[1])


def test_left_alone_in_training() -> None:
    assert "ConcatLayer" in kinds(Net("n", CythonBackend(), layers()))


def test_sizes_that_differ_are_refused() -> None:
    small = ConvolutionLayer(name="three", n_filter=17, kernel=(3, 3), bottoms=["data"], tops=["three"])
    with pytest.raises(
        ShapeError, match=r"layer 'both' \(ConcatLayer\), bottoms three, one: shapes 2 x 17 x 7 x 5, 2 x 5"
    ):
        predicted(CythonBackend(), layers(small))
    part = PartLayer(name="three", bottoms=["data", "before"], tops=["y"], member=small, start=5, channels=22)
    with pytest.raises(ShapeError, match=r"'three'.*2 x 17 x 7 x 5 to be joined .* with a part of 2 x 22 x 9 x 7"):
        part.plan((BlobSpec((2, 3, 9, 7)), BlobSpec((2, 22, 9, 7))))


def test_what_lies_elsewhere_is_copied() -> None:
    """The second part on memory of its own, against the reference."""
    conv = ConvolutionLayer(name="c", n_filter=3, kernel=(2, 2), bottoms=["x"], tops=["y"])
    part = PartLayer(name="c", bottoms=["x", "before"], tops=["y"], member=conv, start=2, channels=6)
    case = Case(ChannelsLast.of(part), (Bottom((2, 4, 5, 3)), Bottom((2, 3, 4, 6))), "test")
    want, got = Rig(case, ReferenceBackend()).forward(), Rig(case, CythonBackend(), "float32").forward()
    np.testing.assert_allclose(got["top 0"], want["top 0"], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(got["top 0"][..., :2], Bottom((2, 3, 4, 6)).values(1)[..., :2].astype(np.float32))
