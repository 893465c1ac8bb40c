"""The kernel of `PowerLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Kernel, LayerState, Site

from ..chunks import piece, pieces
from ..workspace import carve, request
from .powers import power_into


class Power(Kernel):
    """y = (scale x + shift)^power;  dx = dy power scale (scale x + shift)^(power - 1)."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept:
        return Accept(request(site.dtype, backward=[piece(site.dtype)]))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.layer = state.layer
        self.slope = float(self.layer.power * self.layer.scale)
        self.linear = self.layer.power in (0, 1) or self.layer.scale == 0
        tops = zip(state.bottoms, state.tops, strict=True)
        self.forwards = [views for x, y in tops for views in pieces(x.array, y.array)]
        diffs = zip(state.bottoms, state.top_diffs, state.bottom_diffs, strict=False)
        (self.work,) = carve(state.scratch[1].array, [piece(state.site.dtype)])
        self.backwards = [
            views for x, dy, dx in diffs if dx is not None for views in pieces(x.array, dy.array, dx.array)
        ]

    def forward(self) -> None:
        for x, y in self.forwards:
            self._base(x, y)
            power_into(y, float(self.layer.power), y)

    def backward(self) -> None:
        for x, dy, dx in self.backwards:
            if self.linear:
                np.multiply(dy, self.slope, out=dx)
                continue
            work = self.work[: x.size]
            self._base(x, work)
            power_into(work, float(self.layer.power - 1), work)
            np.multiply(work, self.slope, out=work)
            np.multiply(dy, work, out=dx)

    def _base(self, x: Any, out: Any) -> None:
        np.multiply(x, float(self.layer.scale), out=out)
        np.add(out, float(self.layer.shift), out=out)
