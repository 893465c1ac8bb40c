"""Pooling of images."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..ops import Grid, windows
from ..plan import Plan
from ..pooling import Max, PoolingFunction, largest_cells
from ..specs import spec
from .pooled import WindowLayer, pooled
from .wiring import need_blobs, need_top_per_bottom


@spec(kw_only=True)
class PoolingLayer(WindowLayer):
    """Each window of an image becomes one number: its largest element, or its mean.

    Bottoms are images (num, channels, height, width), or with another number of axes after the channels; tops
    (num, channels, rows, columns). By Caffe's rule rows = ceil((height + 2 pad - kernel) / stride) + 1, less one if any
    side is padded and the last window would start beyond the image and its front padding; so the last window may stick
    out.

    kernel, stride, pad: one number for each axis, (height, width), or one integer for all; pad is smaller than kernel.
    round_mode: "ceil", as above; "floor": rows = floor(...) + 1, so that no window sticks out.
    global_pooling: one window, the whole image; kernel, stride and pad are left out.
    divisor: what a mean divides by: "kernel", the full area of the kernel everywhere (Mocha); "window", the part of it
    that lies in the image and its padding (Caffe).
    mask: of a maximum: one more top for each bottom, after all others, says where each maximum was found:
    row * width + column in the image, as a float; that has no gradient.

    >>> from mocha_core import Pooling, PoolingLayer
    >>> PoolingLayer(name="pool1", kernel=3, stride=2, pooling=Pooling.Mean(), bottoms=["c1"], tops=["p1"])
    PoolingLayer(name='pool1', bottoms=('c1',), tops=('p1',), kernel=3, stride=2, pooling=Pooling.Mean())
    """

    name: str = "pooling"
    pooling: PoolingFunction = Max()
    divisor: Literal["kernel", "window"] = "kernel"
    mask: bool = False

    def check_options(self) -> None:
        WindowLayer.check_options(self)
        if self.divisor not in ("kernel", "window"):
            raise self.refuse(f'divisor is "kernel" or "window", not {self.divisor!r}')
        if not self.mask:
            need_top_per_bottom(self)
        else:
            need_blobs(self, bottoms=max(1, len(self.bottoms)), tops=2 * len(self.bottoms))
            if not isinstance(self.pooling, Max):
                raise self.refuse("mask=True is for pooling=Pooling.Max()")

    def areas(self, grid: Grid) -> Any:
        """What a mean divides by, for each window, as nested lists."""
        return grid.extents() if self.divisor == "window" else np.full(grid.out, grid.cells).tolist()

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = pooled(self, bottoms)
        return Plan(tops=tops * 2 if self.mask else tops, saves=self.pooling.saves)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        tops = tuple(self.pooling.forward(xp, x, *self._windows(xp, x)) for x in v.xs)
        return tops + tuple(_places(xp, x, self.grid(x.shape)) for x in v.xs) if self.mask else tops

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.xs, v.dys[: len(v.xs)], v.wants, strict=True)
        return Grads(
            tuple(self.pooling.backward(xp, x, *self._windows(xp, x), dy) if want else None for x, dy, want in wanted)
        )

    def _windows(self, xp: Any, x: Array) -> tuple[Grid, Array]:
        grid = self.grid(x.shape)
        return grid, xp.asarray(self.areas(grid), dtype=x.dtype)


def _places(xp: Any, x: Array, grid: Grid) -> Array:
    """Where in its image the largest cell of each window is."""
    size = math.prod(grid.size)
    numbers = windows(xp, xp.reshape(xp.arange(size, dtype=x.dtype), (1, 1, *grid.size)), grid)
    return xp.sum(xp.where(largest_cells(xp, x, grid), numbers, xp.zeros_like(numbers)), axis=2)
