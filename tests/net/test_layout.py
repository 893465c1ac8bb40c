"""The layout pass: channels last inside, the same numbers and names outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import (
    BlobAccessError,
    BlobSpec,
    ConcatLayer,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    Layer,
    LRNLayer,
    MemoryDataLayer,
    Net,
    Neurons,
    OptionError,
    PassContext,
    PoolingLayer,
    SoftmaxLossLayer,
)
from mocha_core.channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast
from mocha_core.layout import channels_last
from mocha_core.testing import ReferenceBackend

from .slope import assert_gradients_are_slopes

FOLLOW = ("NeuronLayer", "LRNLayer", "ConcatLayer")


def to_last(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Convolutions and poolings lead."""
    return channels_last(
        layers,
        lambda layer: isinstance(layer, (ConvolutionLayer, PoolingLayer)),
        lambda layer: type(layer).__name__ in FOLLOW,
        context.pinned,
    )


class LastBackend(ReferenceBackend):
    """The reference, with the layout pass."""

    def passes(self) -> tuple[Any, ...]:
        return (to_last,)


def data() -> MemoryDataLayer:
    rng = np.random.default_rng(3)
    return MemoryDataLayer(data=[rng.normal(size=(4, 2, 7, 6)), np.arange(4.0).reshape(4, 1) % 3], batch_size=4)


def layers(dropout: bool = False) -> list[Layer]:
    """Two branches joined along the channels, then classified."""
    conv = ConvolutionLayer(name="conv", n_filter=3, kernel=(3, 2), neuron=Neurons.Tanh(), bottoms=["data"], tops=["c"])
    norm = LRNLayer(name="norm", kernel=3, bottoms=["c"], tops=["n"])
    side = ConvolutionLayer(name="side", n_filter=2, kernel=(1, 1), bottoms=["n"], tops=["s"])
    pool = PoolingLayer(name="pool", kernel=(1, 1), stride=(1, 1), bottoms=["n"], tops=["p"])
    both = ConcatLayer(name="both", axis=1, bottoms=["s", "p"], tops=["both"])
    drop = [DropoutLayer(name="drop", ratio=0.5, bottoms=["both"])] if dropout else []
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["both"], tops=["ip"])
    return [conv, norm, side, pool, both, *drop, ip, SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])]


def nets(dropout: bool = False, **options: Any) -> tuple[Net, Net]:
    given = [data(), *layers(dropout)]
    plain = Net("plain", ReferenceBackend(seed=2), given, dtype="float64", **options)
    return plain, Net("last", LastBackend(seed=2), given, dtype="float64", **options)


def kinds(net: Net) -> list[str]:
    return [type(layer).__name__ for layer in net.layers]


@pytest.mark.parametrize("dropout", [False, True])
def test_same_loss_and_gradients(dropout: bool) -> None:
    plain, last = nets(dropout)
    assert plain.forward_backward() == pytest.approx(last.forward_backward(), rel=1e-13)
    for a, b in zip(plain.trainable, last.trainable, strict=True):
        assert a.parameter.path == b.parameter.path
        np.testing.assert_allclose(b.diff.to_array(), a.diff.to_array(), rtol=1e-10, atol=1e-12)
    assert_gradients_are_slopes(last) if not dropout else None


def test_reorders_only_where_a_run_begins_and_ends() -> None:
    _, last = nets()
    assert kinds(last) == [
        "MemoryDataLayer",
        "ToChannelsLast",
        *["ChannelsLast"] * 6,
        "ToChannelsFirst",
        "InnerProductLayer",
        "SoftmaxLossLayer",
    ]


def test_an_in_place_layer_that_does_not_follow_works_on_the_usual_order() -> None:
    _, last = nets(dropout=True)
    names = kinds(last)
    assert names.index("ToChannelsFirst") < names.index("DropoutLayer") < names.index("InnerProductLayer")


def test_kept_blobs_have_their_names_and_shapes() -> None:
    plain, last = nets(keep=["c", "n"])
    plain.forward(), last.forward()
    for name in ("c", "n"):
        np.testing.assert_allclose(last.blob(name).to_array(), plain.blob(name).to_array(), rtol=1e-13)


def test_gradient_of_a_blob_inside_a_run() -> None:
    plain, last = nets(gradients=["n"])
    plain.forward_backward(), last.forward_backward()
    assert np.abs(plain.diff("n").to_array()).max() > 0
    np.testing.assert_allclose(last.diff("n").to_array(), plain.diff("n").to_array(), rtol=1e-10, atol=1e-14)


def test_keeping_all_changes_nothing_for_the_reader() -> None:
    plain, last = nets(keep="all")
    plain.forward(), last.forward()
    assert set(plain.output_blobs) <= set(last.output_blobs)
    np.testing.assert_allclose(last.blob("both").to_array(), plain.blob("both").to_array(), rtol=1e-13)


def test_a_hidden_blob_says_how_to_keep_it() -> None:
    _, last = nets()
    with pytest.raises(BlobAccessError, match=r'blob \'n\' .*keep=\["n"\]'):
        last.blob("n")


def test_an_output_inside_a_run_comes_out_in_the_usual_order() -> None:
    given = [data(), *layers()[:2]]
    plain, last = (Net("n", b(seed=2), given, dtype="float64", phase="test") for b in (ReferenceBackend, LastBackend))
    plain.forward(), last.forward()
    np.testing.assert_allclose(last.blob("n").to_array(), plain.blob("n").to_array(), rtol=1e-13)
    assert isinstance(last.layers[-1], ToChannelsFirst)


def test_one_channel_needs_no_copy() -> None:
    plan = ToChannelsLast(name="t", bottoms=["x"], tops=["y"]).plan
    spec = BlobSpec((2, 1, 5, 4))
    assert plan((spec,)).views == ((0, 0),)
    assert plan((spec.with_shape(2, 3, 5, 4),)).views == ()


def test_random_draws_are_refused() -> None:
    drop = DropoutLayer(name="drop", ratio=0.5, bottoms=["x"])
    with pytest.raises(OptionError, match="random numbers are drawn"):
        ChannelsLast.of(drop).plan((BlobSpec((2, 5, 4, 3)),))
