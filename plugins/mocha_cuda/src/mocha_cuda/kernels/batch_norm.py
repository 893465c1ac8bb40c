"""The kernel of `BatchNormLayer`, in either layout."""

from __future__ import annotations

from typing import Any

from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.plan import TRAIN

from .base import CudaKernel, diffs_of, plain
from .channels import Channels, launched
from .scratch import Want, carve, request


class BatchNorm(CudaKernel):
    """y = (x - mean) / sqrt(var + eps). Backward reads y, so y may lie on x."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        answer = super().accepts(backend, site)
        if isinstance(answer, Decline):
            return answer
        place, own = channels_of(backend, site), plain(site.layer).uses_batch(site.phase)
        forward, backward, step = ([want] for want in _wants(place)) if own else ([], [], [])
        saves = frozenset({"ys"}) if own else frozenset[str]()
        return Accept(request(forward=forward, backward=backward, step=step), saves=saves, overlays=((0, 0),))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, self.place = plain(state.layer), channels_of(backend, state.site)
        (dx,) = diffs_of(state, 1)
        if layer.uses_batch(state.site.phase):
            self._by_batch(state, layer, dx)
        else:
            self._by_averages(state, layer, dx)

    def _by_batch(self, state: LayerState, layer: Any, dx: Any) -> None:
        place, x, y = self.place, state.bottoms[0].array, state.tops[0].array
        (parts,), (back,), (factors,) = (
            carve(blob.array, [want]) for blob, want in zip(state.scratch, _wants(place), strict=True)
        )
        counts = state.site.phase == TRAIN
        mean, var, count = (state.params[name].array if counts else None for name in ("mean", "var", "count"))
        gather = (parts, count, x, *place.numbers, float(layer.moving_average))
        spread = (y, factors, mean, var, x, parts, count, *place.numbers, place.pieces, float(layer.eps))
        self.forwards = [
            launched(self, "batch_norm", "moments", place, *gather),
            launched(self, "batch_norm", "normalise", place, *spread),
        ]
        if dx is not None:
            dy = state.top_diffs[0].array
            arrays = (dx, y, dy, factors, back, *place.numbers, place.pieces)
            self.backwards = [
                launched(self, "batch_norm", "slopes", place, back, y, dy, *place.numbers),
                launched(self, "batch_norm", "normalise_backward", place, *arrays),
            ]

    def _by_averages(self, state: LayerState, layer: Any, dx: Any) -> None:
        place, var, eps = self.place, state.params["var"].array, float(layer.eps)
        arrays = (state.tops[0].array, state.bottoms[0].array, state.params["mean"].array, var)
        self.forwards = [launched(self, "batch_norm", "normalise_by", place, *arrays, *place.numbers, eps)]
        if dx is not None:
            back = (dx, state.top_diffs[0].array, var, *place.numbers, eps)
            self.backwards = [launched(self, "batch_norm", "normalise_by_backward", place, *back)]


def _wants(place: Channels) -> tuple[Want, Want, Want]:
    """Memory for the moments of the pieces and the origins, for the sums of the slopes, and for the factors."""
    return Want((2 * place.pieces + 1, place.channels)), place.parts, Want((place.channels,))


def channels_of(backend: Any, site: Site) -> Channels:
    """The channels of a layer with an axis for them, which may be in either layout."""
    shape = site.bottoms[0].shape
    axis = plain(site.layer).axis % len(shape)
    if isinstance(site.layer, ChannelsLast):
        axis = to_last(tuple(range(len(shape)))).index(axis)
    return Channels.of(shape, axis, axis + 1, backend.device.multiprocessors)
