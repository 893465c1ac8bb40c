"""The kernels of `ScaleLayer`, `BiasLayer` and `PReLULayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array
from mocha_core.channels_last import ChannelsLast
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers.placing import placed

from .base import Call, CudaKernel, array_of, blocks, diffs_of, plain
from .batch_norm import channels_of
from .channels import Channels, launched
from .scratch import carve, request


class Placed(CudaKernel):
    """Something small along some axes of a blob; its gradient is a sum over the others, in two stages."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        if isinstance(site.layer, ChannelsLast) and not _is_per_channel(site):
            return Decline("what it has lies along other axes than the channels, or is a bottom")
        answer = super().accepts(backend, site)
        if isinstance(answer, Decline):
            return answer
        return Accept(request(backward=[cls.place(backend, site).parts]), saves=cls.saved(site))

    @classmethod
    def saved(cls, site: Site) -> frozenset[str] | None:
        """What backward reads again; None: what the plan says."""
        return None

    @classmethod
    def place(cls, backend: Any, site: Site) -> Channels:
        """Where the small array lies."""
        if isinstance(site.layer, ChannelsLast):
            return channels_of(backend, site)
        layer: Any = site.layer
        found = placed(layer, site.bottoms, layer.axis, layer.num_axes)
        return Channels.of(found.shape, found.first, found.last, backend.device.multiprocessors)

    def gathering(self, state: LayerState, place: Channels, first: Array | None, second: Array | None) -> list[Call]:
        """The second stage: the sums of all pieces to `first` and `second`, where these are wanted."""
        if first is None and second is None:
            return []
        parts = self.parts(state, place)
        grid = blocks(place.channels, 32)
        return [self.launch("scale", "add_pieces", grid, 32, first, second, parts, place.channels, place.pieces, 0)]

    def parts(self, state: LayerState, place: Channels) -> Array:
        """Memory for the sums of the pieces."""
        (parts,) = carve(state.scratch[1].array, [place.parts])
        return parts


class Scale(Placed):
    """y = s x + b, in one pass; ds = the sum of x dy, db = the sum of dy and dx = s dy in another."""

    @classmethod
    def saved(cls, site: Site) -> frozenset[str]:
        if len(site.bottoms) == 2:
            return frozenset({"xs"})
        return frozenset({"x0"} if site.trains else ())

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        place, x, y = self.place(backend, state.site), state.bottoms[0].array, state.tops[0].array
        scale, bias = self._given(state)
        arrays = (y, x, scale, bias, y.size, place.channels, place.inner)
        self.forwards = [self.map("scale", "scale_forward", y.size, *arrays)]
        dx, by_second = diffs_of(state, 2)
        dscale, dbias = self._wanted(state, by_second)
        if dx is None and dscale is None and dbias is None:
            return
        sums = dscale is not None or dbias is not None
        parts = self.parts(state, place) if sums else None
        back = (dx, parts, x if dscale is not None else None, scale, state.top_diffs[0].array, *place.numbers)
        self.backwards = [launched(self, "scale", "scale_backward", place, *back)]
        self.backwards += self.gathering(state, place, dscale, dbias)

    def _given(self, state: LayerState) -> tuple[Array | None, Array | None]:
        """The factors, and the summands."""
        second = state.bottoms[1].array if len(state.bottoms) == 2 else None
        scale = second if second is not None else array_of(state.params.get("scale"))
        return scale, array_of(state.params.get("bias"))

    def _wanted(self, state: LayerState, by_second: Array | None) -> tuple[Array | None, Array | None]:
        """The gradients of both that are wanted."""
        diffs = state.param_diffs
        return (by_second if by_second is not None else array_of(diffs.get("scale"))), array_of(diffs.get("bias"))


class Bias(Scale):
    """y = x + b; db = the sum of dy, and dx = dy, which may be the same memory."""

    @classmethod
    def saved(cls, site: Site) -> frozenset[str]:
        return frozenset()

    def _given(self, state: LayerState) -> tuple[Array | None, Array | None]:
        second = state.bottoms[1].array if len(state.bottoms) == 2 else None
        return None, second if second is not None else array_of(state.params.get("bias"))

    def _wanted(self, state: LayerState, by_second: Array | None) -> tuple[Array | None, Array | None]:
        return None, by_second if by_second is not None else array_of(state.param_diffs.get("bias"))


class PReLU(Placed):
    """y = x where x > 0, else slope x; both gradients in one pass."""

    @classmethod
    def place(cls, backend: Any, site: Site) -> Channels:
        layer: Any = plain(site.layer)
        if layer.shared:
            return Channels.of(site.bottoms[0].shape, 0, 0, backend.device.multiprocessors)
        return channels_of(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        place, x, y = self.place(backend, state.site), state.bottoms[0].array, state.tops[0].array
        slope, (dx,) = state.params["slope"].array, diffs_of(state, 1)
        arrays = (y, x, slope, y.size, place.channels, place.inner)
        self.forwards = [self.map("scale", "prelu_forward", y.size, *arrays)]
        dslope = array_of(state.param_diffs.get("slope"))
        if dx is not None or dslope is not None:
            parts = None if dslope is None else self.parts(state, place)
            back = (dx, parts, x, slope, state.top_diffs[0].array, *place.numbers)
            self.backwards = [launched(self, "scale", "prelu_backward", place, *back)]
            self.backwards += self.gathering(state, place, dslope, None)


def _is_per_channel(site: Site) -> bool:
    layer = plain(site.layer)
    return len(site.bottoms) == 1 and layer.num_axes == 1
