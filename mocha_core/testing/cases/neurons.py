"""Cases of `NeuronLayer`: one family for each neuron."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import NeuronLayer
from ...neurons import Neuron, Neurons
from ..case import Case
from ..family import Family, family
from ..strategies import bottoms, names, shapes

NEURONS = (
    Neurons.Identity(),
    Neurons.ReLU(),
    Neurons.ReLU(0.5),
    Neurons.LReLU(),
    Neurons.LReLU(0.25),
    Neurons.ELU(),
    Neurons.ELU(0.5),
    Neurons.GELU(),
    Neurons.Softplus(),
    Neurons.Swish(),
    Neurons.Swish(1.5),
    Neurons.Sigmoid(),
    Neurons.Tanh(),
    Neurons.Exponential(),
    Neurons.Abs(),
    Neurons.Clip(-0.125, 0.5),
)
CORE = frozenset(type(neuron) for neuron in NEURONS)


def neuron_family(neuron: Neuron, fast: bool | None = None) -> Family:
    """A family for a neuron, also one of your own: in place on one or two blobs, or with tops.

    fast: whether a kernel must take it where somebody offers some for neurons; if not given, those of the core only.

    >>> neuron_family(Neurons.Tanh()).label
    'neuron-Tanh()'
    """
    layer = NeuronLayer(name="neuron", neuron=neuron, bottoms=["x0"])
    plain = Case(layer, bottoms((3, 5)), fast=type(neuron) in CORE if fast is None else fast)

    @family("neuron-" + repr(neuron).removeprefix("Neurons."), plain)
    @st.composite
    def cases(draw: st.DrawFn) -> Case:
        count = draw(st.integers(1, 2))
        tops = names("y", count) if draw(st.booleans()) else ()
        changed = layer.replace(bottoms=names("x", count), tops=tops)
        return Case(changed, bottoms(*(draw(shapes(1, 4)) for _ in range(count))))

    return cases


neurons = tuple(neuron_family(neuron) for neuron in NEURONS)
