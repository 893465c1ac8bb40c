"""The kernel of `LRNLayer`, in either layout."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Shape
from mocha_core.channels_last import ChannelsLast
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers import LRNMode

from .base import CudaKernel, diffs_of, plain
from .scratch import Want, carve, request

Numbers = tuple[int, ...]


class LRN(CudaKernel):
    """y = x D^-p, with D = shift + rate S(x^2), which forward keeps; dx = dy D^-p - 2 p rate x S'(dy y / D)."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer = plain(site.layer)
        if type(layer.mode) not in (LRNMode.AcrossChannel, LRNMode.WithinChannel):
            return Decline(f"does not know the mode {layer.mode}")
        if layer.axes() not in ((1,), (2, 3)):
            return Decline(f"neighbours lie along axis {layer.channel_axis}, not along the channels")
        if not layer.shift > 0 or layer.scale < 0:
            return Decline(f"the divisor may not be positive, with shift {layer.shift} and scale {layer.scale}")
        answer = super().accepts(backend, site)
        kept = [Want(site.bottoms[0].shape)] if any(site.wants) else []
        saves = frozenset({"xs", "ys"})
        return answer if isinstance(answer, Decline) else Accept(request(step=kept), saves=saves)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, x, y = plain(state.layer), state.bottoms[0].array, state.tops[0].array
        (dx,) = diffs_of(state, 1)
        (divisor,) = carve(state.scratch[2].array, [Want(x.shape)]) if dx is not None else (None,)
        rate, power = float(layer.scale / layer.kernel ** len(layer.axes())), float(layer.power)
        reach = reach_of(layer, x.shape, isinstance(state.layer, ChannelsLast))
        numbers = (x.size, *reach, rate)
        self.forwards = [self.each("lrn", "lrn_forward", x.size, y, divisor, x, *numbers, float(layer.shift), power)]
        if dx is not None:
            arrays = (dx, x, y, divisor, state.top_diffs[0].array)
            self.backwards = [self.each("lrn", "lrn_backward", x.size, *arrays, *numbers, power)]


def reach_of(layer: Any, shape: Shape, last: bool) -> Numbers:
    """inner, rows, columns, and how far neighbours lie behind and ahead along both, as `sources/lrn.cu` takes them."""
    behind = (layer.kernel - 1) // 2
    ahead = layer.kernel - 1 - behind
    if len(layer.axes()) == 2:
        height, width = shape[1:3] if last else shape[2:]
        return (shape[3] if last else 1), height, width, behind, ahead, behind, ahead
    channels = shape[3] if last else shape[1]
    return (1 if last else shape[2] * shape[3]), channels, 1, behind, ahead, 0, 0
