"""Pooling along one axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..layer import Grads, Layer, Values
from ..ops import Axis, Grid, along
from ..plan import Plan, Traits
from ..pooling import Max, PoolingFunction
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_class_axis


@spec(kw_only=True)
class ChannelPoolingLayer(Layer):
    """Each window along `axis` becomes one number: its largest element, or its mean over the full kernel.

    With C elements along the axis, a top has ceil((C + front + back - kernel) / stride) + 1 of them, less one if the
    last window would start beyond the elements and their front padding; so the last window may stick out.

    kernel, stride: integers.   pad: (front, back), or one integer for both, smaller than the kernel.
    pooling: `Pooling.Max()` or `Pooling.Mean()`, the padding counting as zero in the mean.
    axis: as NumPy counts; not the batch.

    >>> layer = ChannelPoolingLayer(kernel=3, stride=2, pad=(2, 2), bottoms=["conv"], tops=["pool"])
    >>> layer.plan((BlobSpec((64, 10, 28, 28)),)).tops[0].shape
    (64, 6, 28, 28)
    """

    name: str = "channel-pooling"
    kernel: int = 1
    stride: int = 1
    pad: int | Sequence[int] = (0, 0)
    pooling: PoolingFunction = Max()
    axis: int = 1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        self._put("pad", along(self.pad, 2))
        if self.kernel < 1 or self.stride < 1:
            raise self.refuse(f"kernel={self.kernel} and stride={self.stride} must be at least 1")
        if len(self._pads) != 2 or min(self._pads) < 0 or max(self._pads) >= self.kernel:
            raise self.refuse(f"pad={self.pad} must be two numbers (front, back) from 0 to below kernel={self.kernel}")

    @property
    def _pads(self) -> tuple[int, ...]:
        return tuple(self.pad) if isinstance(self.pad, Sequence) else (self.pad,)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=tuple(x.with_shape(*self._shape(x)) for x in bottoms), saves=self.pooling.saves)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._forward(xp, x) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._backward(xp, x, dy) if want else None for x, dy, want in blobs))

    def _forward(self, xp: Any, x: Array) -> Array:
        y = self.pooling.forward(xp, _as_image(xp, x, self.axis), *self._windows(xp, x))
        return xp.reshape(y, _with_size(x.shape, self.axis, y.shape[2]))

    def _backward(self, xp: Any, x: Array, dy: Array) -> Array:
        image, rows = _as_image(xp, x, self.axis), _as_image(xp, dy, self.axis)
        return xp.reshape(self.pooling.backward(xp, image, *self._windows(xp, x), rows), x.shape)

    def _windows(self, xp: Any, x: Array) -> tuple[Grid, Array]:
        rows = self._along(x.shape[self.axis])
        grid = Grid((rows, Axis.convolution(_after(x.shape, self.axis), kernel=1)))
        return grid, xp.full(grid.out, self.kernel, dtype=x.dtype)

    def _along(self, size: int) -> Axis:
        front, back = self._pads
        out = -(-(size + front + back - self.kernel) // self.stride) + 1
        if (out - 1) * self.stride >= size + front:
            out -= 1
        return Axis(size, out, self.kernel, self.stride, front)

    def _shape(self, x: BlobSpec) -> Shape:
        axis = resolve_class_axis(self, self.axis, x)
        out = self._along(x.shape[axis]).out
        if out < 1:
            raise self.misfit(f"kernel={self.kernel} with pad={self.pad} does not fit on {x} along axis {self.axis}")
        return _with_size(x.shape, axis, out)


def _as_image(xp: Any, x: Array, axis: int) -> Array:
    """x of shape (*before, size, *after) as (before, 1, size, after)."""
    return xp.reshape(x, (math.prod(x.shape[: axis % x.ndim]), 1, x.shape[axis], _after(x.shape, axis)))


def _after(shape: Shape, axis: int) -> int:
    return math.prod(shape[axis % len(shape) + 1 :])


def _with_size(shape: Shape, axis: int, size: int) -> Shape:
    axis %= len(shape)
    return (*shape[:axis], size, *shape[axis + 1 :])
