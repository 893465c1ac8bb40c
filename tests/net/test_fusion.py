"""Passes and `Fused`: the same numbers, kept blobs survive, parameters keep their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import Fused, InnerProductLayer, Layer, Neurons, OptionError, ParameterStore
from mocha_core.layers.neuron import NeuronLayer
from mocha_core.net import Net
from mocha_core.passes import PassContext, fuse
from mocha_core.testing import ReferenceBackend

from .nets import classifier, data
from .slope import assert_gradients_are_slopes


def fuse_inner_products(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Each inner product with the neuron on it."""

    def fits(members: tuple[Layer, ...], layer: Layer) -> bool:
        return isinstance(members[0], InnerProductLayer) and isinstance(layer, NeuronLayer)

    return fuse(layers, fits, context.pinned)


class FusingBackend(ReferenceBackend):
    """The reference, with one pass."""

    def passes(self) -> tuple[Any, ...]:
        return (fuse_inner_products,)


def nets(**options: Any) -> tuple[Net, Net]:
    """The classifier, plain and fused."""
    layers = [data(), *classifier(Neurons.Sigmoid())]
    return tuple(Net("n", b, layers, dtype="float64", **options) for b in (ReferenceBackend(), FusingBackend()))  # type: ignore[return-value]


def test_fused_net_computes_the_same() -> None:
    plain, fused = nets()
    assert [type(layer).__name__ for layer in fused.layers] == [
        "MemoryDataLayer",
        "Fused",
        "InnerProductLayer",
        "SoftmaxLossLayer",
    ]
    assert plain.forward_backward() == fused.forward_backward()
    for a, b in zip(plain.trainable, fused.trainable, strict=True):
        assert a.parameter.path == b.parameter.path
        np.testing.assert_array_equal(a.diff.to_array(), b.diff.to_array())
    assert_gradients_are_slopes(fused)


def test_kept_blob_of_an_in_place_pair_survives() -> None:
    plain, fused = nets(keep=["ip1"])
    plain.forward(), fused.forward()
    np.testing.assert_array_equal(plain.blob("ip1").to_array(), fused.blob("ip1").to_array())


def test_a_pass_that_would_hide_a_kept_blob_is_left_out() -> None:
    class Greedy(ReferenceBackend):
        def passes(self) -> tuple[Any, ...]:
            return (lambda layers, _: (*layers[:1], Fused.of(layers[1], layers[2], layers[3]), *layers[4:]),)

    copy = [InnerProductLayer(name="ip1", output_dim=3, neuron=Neurons.Tanh(), bottoms=["data"], tops=["a"])]
    rename = [NeuronLayer(name="extra", neuron=Neurons.Tanh(), bottoms=["a"], tops=["ip2"])]
    layers = [data(), *copy, *rename, classifier()[2]]
    assert any(isinstance(layer, Fused) for layer in Net("n", Greedy(), layers).layers)
    kept = Net("n", Greedy(), layers, keep=["a"])
    assert not any(isinstance(layer, Fused) for layer in kept.layers)
    kept.forward()
    assert kept.blob("a").shape == (4, 3)


def test_freezing_a_fused_layer() -> None:
    _, fused = nets()
    fused.freeze("ip1")
    assert [t.parameter.path for t in fused.trainable] == ["ip2___weight", "ip2___bias"]


def test_layers_that_do_not_follow_each_other() -> None:
    ip1, ip2, _ = classifier()
    with pytest.raises(OptionError, match=r"cannot fuse 'ip1' with 'x': it reads \['data'\]"):
        Fused.of(ip1, ip2.replace(name="x", bottoms=["data"]))


def test_parameter_key_is_the_members() -> None:
    shared = InnerProductLayer(name="a", param_key="k", output_dim=3, bottoms=["data"], tops=["y"])
    neuron = NeuronLayer(name="a/tanh", neuron=Neurons.Tanh(), bottoms=["y"])
    fused = Fused.of(shared, neuron)
    backend = ReferenceBackend()
    loss = classifier()[2].replace(bottoms=["y", "label"])
    net = Net("n", backend, [data(), fused, loss], parameters=ParameterStore(backend))
    assert net.all_parameters[0].path == "k___weight"
