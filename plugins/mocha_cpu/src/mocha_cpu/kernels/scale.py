"""The kernel of `ScaleLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.blob import Array, Blob
from mocha_core.kernel import Accept, Kernel, LayerState, Site
from mocha_core.layers.placing import placed

from ..chunks import stretches
from .middle import at_once, dot_into, middle, sum_into


class Scale(Kernel):
    """y = s x + b;  ds = the sum of x dy, db = the sum of dy, dx = s dy, which may lie on dy and so comes last."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept:
        two = len(site.bottoms) == 2
        by_scale = any(site.wants[1:]) if two else site.trains
        return Accept(saves=frozenset({"x0"} if by_scale else ()) | frozenset({"x1"} if two else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        layer, two = state.layer, len(state.bottoms) == 2
        place = placed(layer, state.site.bottoms, layer.axis, layer.num_axes)
        self.x, y = middle(state.bottoms[0].array, place), middle(state.tops[0].array, place)
        scale = (state.bottoms[1] if two else state.params["scale"]).array.reshape(-1)[:, None]
        bias = state.params["bias"].array.reshape(-1)[:, None] if layer.bias else None
        parts = stretches(len(y), at_once(place, state.site.dtype))
        self.forwards = [(self.x[part], y[part]) for part in parts]
        self.scale, self.bias = scale, bias
        diffs = (*state.bottom_diffs, None, None)
        self.dscale = _flat(diffs[1] if two else state.param_diffs.get("scale"))
        self.dbias = _flat(state.param_diffs.get("bias"))
        self.dx = middle(diffs[0].array, place) if diffs[0] is not None else None
        self.dy: Any = middle(state.top_diffs[0].array, place) if state.top_diffs else None

    def forward(self) -> None:
        for x, y in self.forwards:
            np.multiply(x, self.scale, out=y)
            if self.bias is not None:
                np.add(y, self.bias, out=y)

    def backward(self) -> None:
        if self.dscale is not None:
            dot_into(self.x, self.dy, self.dscale)
        if self.dbias is not None:
            sum_into(self.dy, self.dbias)
        if self.dx is not None:
            np.multiply(self.dy, self.scale, out=self.dx)


def _flat(blob: Blob | None) -> Array | None:
    return None if blob is None else blob.array.reshape(-1)
