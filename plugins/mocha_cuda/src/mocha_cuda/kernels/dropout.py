"""The kernel of `DropoutLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import Accept, Decline, LayerState, Site

from .base import CudaKernel, diffs_of
from .scratch import Want, carve, request


class Dropout(CudaKernel):
    """y = mask x. Keeps which elements stay, one byte each, so that backward does not read the random numbers again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        answer = super().accepts(backend, site)
        return answer if isinstance(answer, Decline) else Accept(request(step=_kept(site)), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        x, y, layer = state.bottoms[0].array, state.tops[0].array, state.layer
        (kept,) = carve(state.scratch[2].array, _kept(state.site))
        arrays = (y, kept, x, state.draws[0].array, x.size, float(layer.ratio), float(layer.scale))
        self.forwards = [self.map("maps", "dropout", x.size, *arrays)]
        (dx,) = diffs_of(state, 1)
        if dx is not None:
            back = (dx, kept, state.top_diffs[0].array, x.size, float(layer.scale))
            self.backwards = [self.map("maps", "dropout_backward", x.size, *back)]


def _kept(site: Site) -> list[Want]:
    return [Want(site.bottoms[0].shape, "uint8")]
