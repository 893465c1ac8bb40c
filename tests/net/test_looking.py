"""What a net tells about itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    Accept,
    Binding,
    BlobAccessError,
    ConvolutionLayer,
    Decline,
    InnerProductLayer,
    Kernel,
    Layer,
    MemoryDataLayer,
    Neurons,
    OptionError,
    ParameterStore,
    PluginConflictError,
    PoolingLayer,
    ShapeError,
    SoftmaxLossLayer,
    TopologyError,
)
from mocha_core.backend import Backend
from mocha_core.kernel import Choice, Site
from mocha_core.net import Net
from mocha_core.testing import ReferenceBackend
from mocha_core.testing.opening import opened

from .nets import classifier, data


class Picky(Kernel):
    """Takes small layers only."""

    @classmethod
    def accepts(cls, backend: Any, site: Any) -> Accept | Decline:
        return Accept() if site.layer.output_dim < 5 else Decline("more than 4 outputs")

    def __init__(self, backend: Any, state: Any) -> None:
        self.x, self.y = state.bottoms[0].array, state.tops[0].array
        self.w, self.b = state.params["weight"].array, state.params["bias"].array

    def forward(self) -> None:
        np.add(self.x @ self.w.T, self.b, out=self.y)


class PickyBackend(ReferenceBackend):
    """The reference with a kernel of its own for inner products."""

    bindings: tuple[Binding, ...] = (Binding(InnerProductLayer, Picky),)

    def __init__(self, *, prefer: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.registry.tiers, self.registry.prefer = (self.bindings,), prefer


def test_explain_tells_who_serves_and_who_declined() -> None:
    text = Net("n", PickyBackend(), [data(), *classifier()], phase="test").explain()
    rows = {line.split()[0]: line for line in text.splitlines() if line}
    assert "mocha_core.GenericKernel" in rows["ip1"]
    assert "more than 4 outputs" in rows["ip1"]
    assert rows["ip2"].split()[1].endswith(".Picky")
    assert "MiB planned" in rows["blobs:"]


def test_explain_tells_how_a_kernel_works_and_what_was_measured() -> None:
    class Measuring(PickyBackend):
        def choose(self, site: Site) -> Choice:
            return replace(super().choose(site), settings={"way": "scatter"}, notes=("forward: scatter 1 ms",))

    lines = Net("n", Measuring(), [data(), *classifier()], phase="test").explain().splitlines()
    row = next(k for k, line in enumerate(lines) if line.startswith("ip2"))
    assert ".Picky way=scatter" in lines[row]
    assert lines[row + 1] == "    forward: scatter 1 ms"


def test_two_kernels_of_one_rank_are_refused_until_one_is_preferred() -> None:
    class Other(Picky):
        __module__ = "other_package.kernels"

    class Undecided(PickyBackend):
        bindings = (Binding(InnerProductLayer, Picky), Binding(InnerProductLayer, Other))

    with pytest.raises(PluginConflictError, match=r"both offer a kernel for InnerProductLayer .* prefer="):
        Net("n", Undecided(), [data(), *classifier()])
    chosen = Net("n", Undecided(prefer=("other_package",)), [data(), *classifier()], phase="test")
    assert "other_package.Other" in chosen.explain()


def test_summary_counts_parameters(backend: Backend) -> None:
    text = Net("small", backend, [data(), *classifier()]).summary()
    assert text.splitlines()[0] == "Net 'small' on reference, train phase, float32, 5 layers"
    assert text.splitlines()[-1] == f"{7 * 5 + 7 + 3 * 7 + 3:,} parameters"
    assert "ip2 4 x 3" in text


def images() -> list[Layer]:
    """What a backend may rewrite: a convolution with a neuron and a pooling behind it."""
    pixels = MemoryDataLayer(name="pixels", data=[np.zeros((4, 3, 8, 8))], batch_size=2, tops=["x"])
    conv = ConvolutionLayer(name="conv", n_filter=16, kernel=3, neuron=Neurons.ReLU(), bottoms=["x"], tops=["conv"])
    return [pixels, conv, PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["conv"], tops=["pool"])]


@pytest.mark.parametrize("name", ["reference", "cpu", "cython"])
def test_whatever_a_backend_makes_of_it_the_net_shown_is_the_users(name: str) -> None:
    net = Net("n", opened(name), images(), phase="test", parameters=ParameterStore(opened(name)))
    rows = [line.split() for line in net.summary().splitlines()[3:-1]]
    assert [row[0] for row in rows] == ["pixels", "conv", "conv/relu", "pool"]
    assert " ".join(rows[1]) == "conv Convolution x conv 2 x 16 x 6 x 6 448"
    assert net.to_dot().count("[label=") == 4
    with pytest.raises(BlobAccessError, match=r"known are: conv, pool, x$"):
        net.blob("y")
    with pytest.raises(BlobAccessError, match=r"known are: conv, pool, x$"):
        Net("n", opened(name), images(), phase="test", keep="y")


def learning(name: str) -> Net:
    """The images up to a loss, and a convolution that leads nowhere."""
    backend = opened(name)
    labels = MemoryDataLayer(name="labels", data=[np.zeros((4, 1))], batch_size=2, tops=["label"])
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["pool"], tops=["ip"])
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])
    aside = ConvolutionLayer(name="aside", n_filter=16, kernel=3, bottoms=["pool"], tops=["lost"])
    return Net("n", backend, [*images(), labels, ip, loss, aside], parameters=ParameterStore(backend))


@pytest.mark.parametrize("name", ["reference", "cpu", "cython"])
def test_freezing_and_learning_speak_of_the_users_layers(name: str) -> None:
    net = learning(name)
    with pytest.raises(
        OptionError, match=r"no layer 'x/y' to freeze; known are: aside, conv, conv/relu, ip, labels, lo"
    ):
        net.freeze("x/y")
    with pytest.raises(TopologyError, match=r"layer 'aside' has parameters, but no loss depends on its tops lost; "):
        net.check_bp_topology()
    net.freeze("pool", "conv/relu", "aside")
    net.check_bp_topology()
    assert [t.parameter.path for t in net.trainable] == ["conv___filter", "conv___bias", "ip___weight", "ip___bias"]
    net.freeze_all()
    assert net.frozen == {"aside", "conv", "ip"}
    assert net.trainable == ()


def test_explain_names_the_layers_that_run_as_one() -> None:
    net = Net("n", opened("cython"), images(), phase="test", parameters=ParameterStore(opened("cython")))
    assert "\nconv + conv/relu + pool, channels last " in net.explain()


def test_a_layer_that_does_not_fit_is_told_as_the_user_knows_it() -> None:
    flat = InnerProductLayer(name="flat", output_dim=9, bottoms=["x"], tops=["flat"])
    layers = [images()[0], flat, ConvolutionLayer(name="conv", n_filter=16, kernel=3, bottoms=["flat"], tops=["y"])]
    with pytest.raises(ShapeError, match=r"layer 'conv' \(ConvolutionLayer\), bottoms flat: 'flat' is 2 x 9"):
        Net("n", opened("cython"), layers)


def test_dot_has_a_node_per_layer_and_an_edge_per_bottom(backend: Backend) -> None:
    net = Net("small", backend, [data(), *classifier()])
    dot = net.to_dot()
    assert dot.startswith('digraph "small" {')
    assert dot.count("[label=") == len(net.layers)
    assert dot.count(" -> ") == sum(len(layer.bottoms) for layer in net.layers)
    assert "rankdir=BT" in dot


def test_specs_print_as_the_code_that_makes_them(backend: Backend) -> None:
    assert repr(classifier()[1]) == "InnerProductLayer(name='ip2', bottoms=('ip1',), tops=('ip2',), output_dim=3)"
