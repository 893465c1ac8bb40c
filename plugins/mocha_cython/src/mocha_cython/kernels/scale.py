"""The kernel of `ScaleLayer` on images with their channels last."""

from __future__ import annotations

import math
from typing import Any

from mocha_core.blob import Array, Blob
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_cpu.workspace import Want, request

from .._chain import Link
from .._scale import Scale as Compiled
from .._scale import scratch
from .batch_norm import not_channels
from .chainable import Chainable


class Scale(Chainable):
    """y = s x + b;  ds = the sum of x dy, db = the sum of dy, dx = s dy, which may lie on dy."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        wrapper: Any = site.layer
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if why := not_channels(wrapper.member, site):
            return Decline(why)
        if len(site.bottoms) != 1 or wrapper.member.num_axes != 1:
            return Decline("the factors are a bottom, or lie along other axes than the channels")
        *pixels, channels = site.bottoms[0].shape
        size = scratch(backend.level, backend.threads, math.prod(pixels), channels) if site.trains else 0
        saves = frozenset({"x0"} if site.trains else ())
        return Accept(request(site.dtype, backward=[Want((size,), site.dtype)]), saves=saves)

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state = state
        scale, bias = state.params["scale"].array, _array(state.params.get("bias"))
        dx = _array(state.bottom_diffs[0] if state.bottom_diffs else None)
        dscale, dbias = (_array(state.param_diffs.get(name)) for name in ("scale", "bias"))
        dy = state.top_diffs[0].array if state.top_diffs else None
        blobs = (state.bottoms[0].array, scale, bias, state.tops[0].array)
        diffs = (dy, dx, dscale, dbias, state.scratch[1].array)
        self.scale = Compiled(backend.level, backend.threads, *blobs, *diffs)

    def forward(self) -> None:
        self.scale.forward()

    def link(self) -> Link:
        return self.scale.link()

    def backward(self) -> None:
        self.scale.backward()


def _array(blob: Blob | None) -> Array | None:
    return None if blob is None else blob.array
