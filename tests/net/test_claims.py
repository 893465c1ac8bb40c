"""Kernels of other packages, on a backend whose passes make larger layers of those that the user gave."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from mocha_core import Accept, Binding, ConvolutionLayer, Decline, MemoryDataLayer, Net, Neurons, PoolingLayer
from mocha_core.generic import GenericKernel
from mocha_core.kernel import Site
from mocha_core.layer import Layer
from mocha_core.layers.neuron import NeuronLayer
from mocha_core.passes import PassContext, fuse
from mocha_core.testing import ReferenceBackend
from mocha_core.testing.opening import opened


class Theirs(GenericKernel):
    """Takes convolutions of 16 filters."""

    __module__ = "other_package.kernels"

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept() if site.layer.n_filter == 16 else Decline("not 16 filters")  # type: ignore[attr-defined]


def conv_and_relu(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    return fuse(layers, lambda members, layer: isinstance(members[0], ConvolutionLayer), context.pinned)


class Joining(ReferenceBackend):
    """Convolutions are joined with what follows them."""

    rank: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__()
        self.registry.tiers = ((Binding(ConvolutionLayer, Theirs, rank=self.rank),),)
        self.registry.passes = (conv_and_relu,)


class Modest(Joining):
    rank = 0


def layers(n_filter: int = 16) -> list[Layer]:
    pixels = np.random.default_rng(0).normal(size=(4, 3, 8, 8))
    return [
        MemoryDataLayer(name="pixels", data=[pixels], batch_size=2, tops=["x"]),
        ConvolutionLayer(name="c", n_filter=n_filter, kernel=3, neuron=Neurons.ReLU(), bottoms=["x"], tops=["c"]),
        PoolingLayer(name="p", kernel=2, stride=2, bottoms=["c"], tops=["p"]),
    ]


def rows(net: Net) -> dict[str, str]:
    lines = net.explain().splitlines()[3:]
    return {line.split("  ")[0]: " ".join(line.split()) for line in lines}


def test_a_kernel_that_outranks_the_backends_own_gets_its_layer() -> None:
    net = Net("n", Joining(), layers(), phase="test")
    assert [layer.name for layer in net.layers] == ["pixels", "c", "c/relu", "p"]
    assert rows(net)["c"] == "c other_package.Theirs"
    assert isinstance(net.layers[1], ConvolutionLayer)


def test_where_it_declines_the_layers_are_joined_and_explain_tells_why() -> None:
    text = Net("n", Joining(), layers(n_filter=8), phase="test").explain()
    assert "\nc + c/relu + p  mocha_core.GenericKernel" in text
    assert "\n    other_package.Theirs declined c alone: not 16 filters\n" in text


def test_without_a_positive_rank_it_is_not_asked_and_explain_tells_so() -> None:
    text = Net("n", Modest(), layers(), phase="test").explain()
    assert "\nc + c/relu + p  mocha_core.GenericKernel" in text
    assert "\n    other_package.Theirs was not asked about c, which runs as a part of this; it would be with a " in text


def test_a_layer_that_runs_alone_needs_no_such_line() -> None:
    class Plain(Modest):
        def passes(self) -> tuple[Any, ...]:
            return ()

    net = Net("n", Plain(), layers(n_filter=8), phase="test")
    assert rows(net)["c"] == "c mocha_core.GenericKernel other_package.Theirs: not 16 filters"
    assert "not asked" not in net.explain()


def test_a_pass_of_the_same_package_may_join_it() -> None:
    def theirs(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
        return fuse(layers, lambda members, layer: isinstance(layer, NeuronLayer))

    theirs.__module__ = "other_package.passes"
    backend = Joining()
    backend.registry.passes = (theirs, conv_and_relu)
    net = Net("n", backend, layers(), phase="test")
    assert [layer.name for layer in net.layers] == ["pixels", "c", "p"]


@pytest.mark.parametrize("name", ["cpu", "cython"])
def test_on_the_backends_of_the_project(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The joined layers of one and the plain ones of the other are both left to a kernel of a higher rank."""
    backend = opened(name)
    plain = Net("n", backend, layers(), phase="test")
    first, *others = backend.registry.tiers
    offered = (*first, Binding(ConvolutionLayer, Theirs, rank=50))
    monkeypatch.setattr(backend.registry, "tiers", (offered, *others))
    net = Net("n", backend, layers(), phase="test")
    assert rows(net)["c"].startswith("c other_package.Theirs")
    plain.forward(), net.forward()
    np.testing.assert_allclose(net.blob("p").to_array(), plain.blob("p").to_array(), rtol=1e-4, atol=1e-5)
