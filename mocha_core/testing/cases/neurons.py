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


def neuron_family(neuron: Neuron) -> Family:
    """A family for a neuron, also one of your own: in place on one or two blobs, or with tops.

    >>> neuron_family(Neurons.Tanh()).label
    'neuron-Tanh()'
    """
    plain = Case(NeuronLayer(name="neuron", neuron=neuron, bottoms=["x0"]), bottoms((3, 5)))

    @family("neuron-" + repr(neuron).removeprefix("Neurons."), plain)
    @st.composite
    def cases(draw: st.DrawFn) -> Case:
        count = draw(st.integers(1, 2))
        tops = names("y", count) if draw(st.booleans()) else ()
        layer = plain.layer.replace(bottoms=names("x", count), tops=tops)
        return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count))))

    return cases


neurons = tuple(neuron_family(neuron) for neuron in NEURONS)
