"""The kernel of `DropoutLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Kernel, LayerState, Site

from ..chunks import piece, pieces
from ..workspace import Want, carve, request


class Dropout(Kernel):
    """y = mask x. Keeps which elements stay, one byte each, so that backward does not read the random numbers again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept:
        part, kept = [piece(site.dtype)], [Want(site.bottoms[0].shape, "bool")]
        return Accept(request(site.dtype, forward=part, backward=part, step=kept), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        dtype, bottom = state.site.dtype, state.bottoms[0]
        self.ratio = state.layer.ratio
        # Of the blobs' own type, or NumPy would compute booleans times it in float64.
        self.scale = np.dtype(dtype).type(state.layer.scale)
        (self.work,) = carve(state.scratch[0].array, [piece(dtype)])
        (self.back,) = carve(state.scratch[1].array, [piece(dtype)])
        (kept,) = carve(state.scratch[2].array, [Want(bottom.shape, "bool")])
        self.forwards = pieces(bottom.array, state.draws[0].array, kept, state.tops[0].array)
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        self.backwards = pieces(kept, state.top_diffs[0].array, dx.array) if dx is not None else []

    def forward(self) -> None:
        for x, draw, kept, y in self.forwards:
            mask = self.work[: x.size]
            np.greater(draw, self.ratio, out=kept)
            np.multiply(kept, self.scale, out=mask)
            np.multiply(mask, x, out=y)

    def backward(self) -> None:
        for kept, dy, dx in self.backwards:
            mask = self.back[: dy.size]
            np.multiply(kept, self.scale, out=mask)
            np.multiply(mask, dy, out=dx)
