"""The kernel of `DropoutLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_cpu.workspace import Want, carve, request

from .._random import Dropout as Compiled


class Dropout(Kernel):
    """y = mask x. Keeps which elements stay, one byte each, so that backward does not read the random numbers again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        return Accept(request(site.dtype, step=[Want(site.bottoms[0].shape, "uint8")]), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        bottom, layer = state.bottoms[0], state.layer
        (kept,) = carve(state.scratch[2].array, [Want(bottom.shape, "uint8")])
        options = (backend.level, backend.threads, layer.ratio, layer.scale)
        self.ahead = Compiled(*options, state.draws[0].array, kept, bottom.array, state.tops[0].array)
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        self.back = None if dx is None else Compiled(*options, None, kept, state.top_diffs[0].array, dx.array)

    def forward(self) -> None:
        self.ahead.forward()

    def backward(self) -> None:
        if self.back is not None:
            self.back.backward()
