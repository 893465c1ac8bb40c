"""The kernel of `NeuronLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site

from ..chunks import piece, pieces
from ..workspace import Want, carve, request
from .neurons import BODIES


class Neuron(Kernel):
    """Each neuron in place, a piece at a time."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if type(layer.neuron) not in BODIES:
            return Decline(f"does not know {layer.neuron}")
        wants = _wants(site)
        return Accept(request(site.dtype, forward=wants, backward=wants if any(site.wants) else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        make, wants = BODIES[type(state.layer.neuron)], _wants(state.site)
        self.ahead = make(state.layer.neuron, *carve(state.scratch[0].array, wants)).forward
        tops = zip(state.bottoms, state.tops, strict=True)
        self.forwards = [views for x, y in tops for views in pieces(x.array, y.array)]
        kept = state.bottoms if state.layer.neuron.from_input else state.tops
        diffs = zip(kept, state.top_diffs, state.bottom_diffs, strict=False)
        wanted = [(y.array, dy.array, dx.array) for y, dy, dx in diffs if dx is not None]
        self.backwards = [views for arrays in wanted for views in pieces(*arrays)]
        if wanted:
            self.back = make(state.layer.neuron, *carve(state.scratch[1].array, wants)).backward

    def forward(self) -> None:
        for x, y in self.forwards:
            self.ahead(x, y)

    def backward(self) -> None:
        for y, dy, dx in self.backwards:
            self.back(y, dy, dx)


def _wants(site: Site) -> list[Want]:
    layer: Any = site.layer
    return [piece(site.dtype, BODIES[type(layer.neuron)].works), piece("bool")]
