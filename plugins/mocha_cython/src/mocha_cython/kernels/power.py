"""The kernel of `PowerLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import Accept, Decline, LayerState, Site

from .._chain import Link
from .chainable import Chainable
from .maps import Maps, plain

POWERS = {1.0: "linear", 2.0: "square", 0.5: "root", -1.0: "reciprocal"}


class Power(Maps, Chainable):
    """y = (scale x + shift)^power;  dx = dy power scale (scale x + shift)^(power - 1). Takes the usual powers."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        power = plain(site.layer).power
        if power not in POWERS:
            return Decline(f"does not know the power {power}")
        return super().accepts(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.state = state
        layer = plain(state.layer)
        name, slope = POWERS[layer.power], layer.power * layer.scale
        numbers = (layer.scale, layer.shift, slope)
        tops = zip(state.bottoms, state.tops, strict=True)
        self.forwards = [self.map(name, numbers, y.array, x.array) for x, y in tops]
        diffs = zip(state.bottoms, state.top_diffs, state.bottom_diffs, strict=False)
        wanted = [(x.array, dy.array, dx.array) for x, dy, dx in diffs if dx is not None]
        if layer.power == 1 or layer.scale == 0:
            self.backwards = [self.map("scale", (slope,), dx, dy) for _, dy, dx in wanted]
        else:
            self.backwards = [self.map(f"{name}_back", numbers, dx, x, dy) for x, dy, dx in wanted]

    def link(self) -> Link:
        return self.forwards[0].link(self.state.bottoms[0].shape[0])
