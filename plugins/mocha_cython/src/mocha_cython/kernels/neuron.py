"""The kernel of `NeuronLayer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mocha_core import neurons
from mocha_core.kernel import Accept, Decline, LayerState, Site

from .._chain import Link
from .chainable import Chainable
from .maps import Maps, plain


@dataclass(frozen=True, slots=True)
class Formula:
    """The operations of a neuron and of its derivative, and the numbers that both read."""

    ahead: str
    back: str
    numbers: Callable[[Any], tuple[float, ...]] = lambda neuron: ()


FORMULAS: dict[type, Formula] = {
    neurons.ReLU: Formula("relu", "relu_back", lambda neuron: (neuron.epsilon,)),
    neurons.LReLU: Formula("lrelu", "lrelu_back", lambda neuron: (neuron.slope,)),
    neurons.Sigmoid: Formula("sigmoid", "sigmoid_back"),
    neurons.Tanh: Formula("tanh", "tanh_back"),
    neurons.Exponential: Formula("exponential", "multiply"),
    neurons.ELU: Formula("elu", "elu_back", lambda neuron: (neuron.alpha,)),
    neurons.Softplus: Formula("softplus", "softplus_back"),
    neurons.Swish: Formula("swish", "swish_back", lambda neuron: (neuron.beta,)),
    neurons.GELU: Formula("gelu", "gelu_back", lambda neuron: (neuron.RATE, neuron.CUBIC, neuron.FAR)),
}


class Neuron(Maps, Chainable):
    """y = f(x), and dx = dy f'(x) from y (or x, where the neuron wants it) and dy."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        neuron = plain(site.layer).neuron
        if type(neuron) not in FORMULAS:
            return Decline(f"does not know {neuron}")
        return super().accepts(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.state = state
        neuron = plain(state.layer).neuron
        formula = FORMULAS[type(neuron)]
        numbers = formula.numbers(neuron)
        tops = zip(state.bottoms, state.tops, strict=True)
        self.forwards = [self.map(formula.ahead, numbers, y.array, x.array) for x, y in tops]
        kept = state.bottoms if neuron.from_input else state.tops
        diffs = zip(kept, state.top_diffs, state.bottom_diffs, strict=False)
        self.backwards = [
            self.map(formula.back, numbers, dx.array, y.array, dy.array) for y, dy, dx in diffs if dx is not None
        ]

    def link(self) -> Link:
        return self.forwards[0].link(self.state.bottoms[0].shape[0])
