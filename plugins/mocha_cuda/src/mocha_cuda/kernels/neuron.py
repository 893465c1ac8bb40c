"""The kernel of `NeuronLayer`, and the numbers by which kernel sources know neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mocha_core import neurons
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layer import Layer
from mocha_core.layers import NeuronLayer
from mocha_core.neurons import Neuron as NeuronSpec

from .base import CudaKernel, diffs_of, plain

Numbers = tuple[int, float, float, float]


@dataclass(frozen=True, slots=True)
class Formula:
    """A neuron's number in `sources/neurons.cuh`, and which of its options are read there."""

    number: int
    options: Callable[[Any], tuple[float, ...]] = lambda neuron: ()


FORMULAS: dict[type, Formula] = {
    neurons.Identity: Formula(0),
    neurons.ReLU: Formula(1, lambda neuron: (neuron.epsilon,)),
    neurons.LReLU: Formula(2, lambda neuron: (neuron.slope,)),
    neurons.Sigmoid: Formula(3),
    neurons.Tanh: Formula(4),
    neurons.Exponential: Formula(5),
    neurons.Abs: Formula(6),
    neurons.Clip: Formula(7, lambda neuron: (neuron.low, neuron.high)),
    neurons.ELU: Formula(8, lambda neuron: (neuron.alpha,)),
    neurons.Softplus: Formula(9),
    neurons.Swish: Formula(10, lambda neuron: (neuron.beta,)),
    neurons.GELU: Formula(11, lambda neuron: (neuron.RATE, neuron.CUBIC, neuron.FAR)),
}


def numbers_of(neuron: NeuronSpec) -> Numbers:
    """What kernels are told of a neuron that has a formula.

    >>> from mocha_core import Neurons
    >>> numbers_of(Neurons.ReLU())
    (1, 0.0, 0.0, 0.0)
    """
    formula = FORMULAS[type(neuron)]
    a, b, c = (*map(float, formula.options(neuron)), 0.0, 0.0, 0.0)[:3]
    return formula.number, a, b, c


NO_NEURON = numbers_of(neurons.Identity())


def is_behind(layer: Layer) -> bool:
    """Whether the kernel of the layer in front can apply this neuron, and its slope, to what it computes."""
    return isinstance(layer, NeuronLayer) and type(layer.neuron) in FORMULAS and not layer.neuron.from_input


def is_relu(layer: Layer) -> bool:
    """Whether it is a ReLU, with any floor."""
    return isinstance(layer, NeuronLayer) and type(layer.neuron) is neurons.ReLU


class Neuron(CudaKernel):
    """y = f(x), and dx = dy f'(x) from y (or x, where the neuron wants it) and dy."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        neuron = plain(site.layer).neuron
        if type(neuron) not in FORMULAS:
            return Decline(f"does not know {neuron}")
        return super().accepts(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        neuron = plain(state.layer).neuron
        numbers = numbers_of(neuron)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            self.forwards.append(
                self.map("neurons", "neuron_forward", y.spec.size, y.array, x.array, y.spec.size, *numbers)
            )
        kept = state.bottoms if neuron.from_input else state.tops
        diffs = zip(kept, state.top_diffs, diffs_of(state, len(kept)), strict=False)
        for y, dy, dx in diffs:
            if dx is not None:
                arrays = (dx, y.array, dy.array)
                self.backwards.append(
                    self.map("neurons", "neuron_backward", y.spec.size, *arrays, y.spec.size, *numbers)
                )
