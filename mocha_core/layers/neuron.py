"""Activation functions as a layer of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..neurons import Identity, Neuron
from ..plan import Plan
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class NeuronLayer(Layer):
    """y = f(x) for each bottom: in place without tops, else one top for each bottom.

    What a layer's option `neuron=` becomes in a net; it may also be written by itself.

    >>> from mocha_core import NeuronLayer, Neurons
    >>> NeuronLayer(name="relu1", bottoms=["conv1"], neuron=Neurons.ReLU())
    NeuronLayer(name='relu1', bottoms=('conv1',), neuron=Neurons.ReLU())
    """

    neuron: Neuron

    def check_options(self) -> None:
        if self.tops or not self.bottoms:
            need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        kept = frozenset({"xs" if self.neuron.from_input else "ys"})
        saves = frozenset[str]() if isinstance(self.neuron, Identity) else kept
        return Plan(tops=bottoms, saves=saves, overlays=tuple((i, i) for i in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self.neuron.forward(xp, x) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        kept = v.xs if self.neuron.from_input else v.ys
        wanted = zip(kept, v.dys, v.wants, strict=True)
        return Grads(tuple(self.neuron.backward(xp, y, dy) if want else None for y, dy, want in wanted))


def with_neuron(layer: Layer, neuron: Neuron, tops: Sequence[str] = ()) -> tuple[Layer, ...]:
    """The `parts()` of a layer with the option `neuron`: the layer without it, then the neuron on its tops."""
    if isinstance(neuron, Identity):
        return (layer,)
    name = f"{layer.name}/{type(neuron).__name__.lower()}"
    plain = layer.replace(neuron=Identity())
    return plain, NeuronLayer(name=name, bottoms=tops or layer.tops, neuron=neuron, phases=layer.phases)
