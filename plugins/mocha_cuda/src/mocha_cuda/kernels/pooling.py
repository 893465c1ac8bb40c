"""The kernels of `PoolingLayer`, in either layout and with the ReLU behind it, and of `ChannelPoolingLayer`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.channels_last import ChannelsLast, to_first
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers import ChannelPoolingLayer
from mocha_core.neurons import ReLU
from mocha_core.ops import Axis
from mocha_core.passes import members_of
from mocha_core.pooling import Pooling as Functions

from .base import Call, CudaKernel, diffs_of, plain
from .neuron import is_relu
from .scratch import NOTHING, Want, carve, request

MOST = 255
"""Cells of a window that a byte can number, with one number left for "none of them"."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows on arrays (outer, height, width, inner), as `sources/pooling.cuh` sees images in either layout.

    window: whether a mean divides by the cells in the image and its padding.
    """

    outer: int
    inner: int
    rows: Axis
    columns: Axis
    window: bool = False

    @classmethod
    def of(cls, layer: Any, shape: Shape, last: bool) -> Self:
        """Of a pooling layer on images of this shape; `last`: with their channels last."""
        rows, columns = layer.grid(to_first(shape) if last else shape).axes
        outer, inner = (shape[0], shape[-1]) if last else (shape[0] * shape[1], 1)
        return cls(outer, inner, rows, columns, layer.divisor == "window")

    @classmethod
    def of_channels(cls, layer: Any, shape: Shape) -> Self:
        """Of a pooling along one axis."""
        axis = layer.axis % len(shape)
        along = shape[axis]
        out = layer.plan((BlobSpec(shape),)).tops[0].shape[axis]
        rows = Axis(along, out, layer.kernel, layer.stride, layer.pad[0])
        return cls(math.prod(shape[:axis]), math.prod(shape[axis + 1 :]), rows, Axis(1, 1, 1))

    @property
    def numbers(self) -> tuple[int, ...]:
        """What every entry point is told of them."""
        rows, columns = self.rows, self.columns
        sizes = (self.inner, rows.size, columns.size, rows.out, columns.out)
        return (*sizes, rows.kernel, columns.kernel, rows.stride, columns.stride, rows.pad, columns.pad)

    def places(self) -> Want:
        """Where the maxima are: a byte each, or an integer where windows have many cells."""
        shape = (self.outer, self.rows.out, self.columns.out, self.inner)
        return Want(shape, "uint8" if self.rows.kernel * self.columns.kernel <= MOST else "int32")


class Pooling(CudaKernel):
    """y = the largest cell of each window, or the sum of its cells / its area; then max(floor, y) with a ReLU.

    Forward keeps the place of each maximum, so that backward reads neither bottoms nor tops; a maximum that the ReLU
    cuts off has none. Backward of a mean with a ReLU reads the tops.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer, after = parts_of(site.layer)
        why = cls._why_not(layer, after, site)
        if why:
            return Decline(why)
        cut = type(layer.pooling) is Functions.Mean and bool(after)
        return Accept(request(step=_kept(site)), saves=frozenset({"ys"} if cut else ()))

    @staticmethod
    def _why_not(layer: Any, after: list[Any], site: Site) -> str:
        if site.dtype != "float32":
            return f"computes in float32, not {site.dtype}"
        if not isinstance(layer, ChannelPoolingLayer):
            if any(len(bottom.shape) != 4 for bottom in site.bottoms):
                return "images have other axes than height and width"
            if layer.mask:
                return "says where the maxima are"
        if type(layer.pooling) not in (Functions.Max, Functions.Mean):
            return f"does not know {layer.pooling}"
        if len(after) > 1 or not all(map(is_relu, after)):
            return "is joined with something else than a ReLU"
        return ""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        pool, after = parts_of(state.layer)
        relu = after[0].neuron if after else None
        kept = carve(state.scratch[2].array, _kept(state.site))
        for k, (x, y, places) in enumerate(zip(state.bottoms, state.tops, kept, strict=True)):
            poolings = Poolings(self, pool, windows_of(state.layer, x.shape), relu)
            self.forwards.append(poolings.forward(x.array, y.array, places))
            dx = diffs_of(state, len(state.bottoms))[k]
            if dx is not None:
                self.backwards.append(poolings.backward(y.array, places, state.top_diffs[k].array, dx))


@dataclass(frozen=True, slots=True)
class Poolings:
    """The launches of a pooling, with a ReLU behind it or none."""

    kernel: CudaKernel
    pool: Any
    lie: Windows
    relu: ReLU | None

    @property
    def is_max(self) -> bool:
        """Whether maxima are kept, and so the places of them."""
        return type(self.pool.pooling) is Functions.Max

    def forward(self, x: Array, y: Array, places: Array | None) -> Call:
        """y from x; where each maximum was goes to `places`, if that is kept."""
        cut = (int(self.relu is not None), self._floor)
        if self.is_max:
            arrays = (y, *places_of(places), x, y.size)
            return self.kernel.each("pooling", "max_forward", y.size, *arrays, *self.lie.numbers, *cut)
        numbers = (*self.lie.numbers, int(self.lie.window), *cut)
        return self.kernel.each("pooling", "mean_forward", y.size, y, x, y.size, *numbers)

    def backward(self, y: Array, places: Array | None, dy: Array, dx: Array) -> Call:
        """dx from dy."""
        if self.is_max:
            arrays = (dx, *places_of(places), dy, dx.size)
            return self.kernel.each("pooling", "max_backward", dx.size, *arrays, *self.lie.numbers)
        numbers = (dx.size, *self.lie.numbers, int(self.lie.window), self._floor)
        return self.kernel.each("pooling", "mean_backward", dx.size, dx, y if self.relu else None, dy, *numbers)

    @property
    def _floor(self) -> float:
        return float(self.relu.epsilon) if self.relu else 0.0


def parts_of(layer: Any) -> tuple[Any, list[Any]]:
    """The pooling in a layer that may be fused and in either layout, and what follows it."""
    pool, *after = members_of(plain(layer))
    return pool, list(after)


def windows_of(layer: Any, shape: Shape) -> Windows:
    """The windows of a pooling, which may be fused and in either layout, on a bottom of this shape."""
    pool, _ = parts_of(layer)
    if isinstance(pool, ChannelPoolingLayer):
        return Windows.of_channels(pool, shape)
    return Windows.of(pool, shape, isinstance(layer, ChannelsLast))


def places_of(places: Array | None) -> tuple[Array | None, Array | None]:
    """Places as kernels take them: as bytes, or as integers."""
    if places is None:
        return None, None
    return (places, None) if places.dtype.name == "uint8" else (None, places)


def _kept(site: Site) -> list[Want]:
    """For each top whose bottom wants a gradient; a mean has none."""
    pool, _ = parts_of(site.layer)
    wants = site.wants if type(pool.pooling) is Functions.Max else ()
    shapes = enumerate(bottom.shape for bottom in site.bottoms)
    return [windows_of(site.layer, shape).places() if any(wants[k : k + 1]) else NOTHING for k, shape in shapes]
