"""The kernel of `EmbeddingLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import Accept, Decline, LayerState, Site

from .base import CudaKernel, array_of
from .channels import Channels, launched
from .scratch import carve, request

THREADS = 256
"""That `add_rows` in `sources/embedding.cu` has room for."""


class Embedding(CudaKernel):
    """Rows of the table; their gradients are summed in the order of the numbers, those of the bias in two stages."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        answer = super().accepts(backend, site)
        if isinstance(answer, Decline):
            return answer
        return Accept(request(backward=[_place(backend, site).parts] if site.trains else []))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, y, numbers = state.layer, state.tops[0].array, state.bottoms[0].array
        arrays = (y, state.params["weight"].array, array_of(state.params.get("bias")), numbers)
        sizes = (y.size, int(layer.input_dim), int(layer.output_dim))
        self.forwards = [self.each("embedding", "take_rows", y.size, *arrays, *sizes)]
        dweight, dbias = (array_of(state.param_diffs.get(name)) for name in ("weight", "bias"))
        if dweight is not None:
            back = (dweight, state.top_diffs[0].array, numbers, numbers.size, int(layer.output_dim))
            self.backwards = [self.launch("embedding", "add_rows", int(layer.input_dim), THREADS, *back)]
        if dbias is not None:
            self._by_bias(backend, state, dbias)

    def _by_bias(self, backend: Any, state: LayerState, dbias: Any) -> None:
        place = _place(backend, state.site)
        (parts,) = carve(state.scratch[1].array, [place.parts])
        gather = (None, parts, None, None, state.top_diffs[0].array, *place.numbers)
        self.backwards.append(launched(self, "scale", "scale_backward", place, *gather))
        spread = (None, dbias, parts, place.channels, place.pieces, 0)
        self.backwards.append(self.each("scale", "add_pieces", place.channels, *spread))


def _place(backend: Any, site: Site) -> Channels:
    shape = site.plan.tops[0].shape
    return Channels.of(shape, len(shape) - 1, len(shape), backend.device.multiprocessors)
