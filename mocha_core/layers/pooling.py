"""Pooling of images."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..neurons import Identity, Neuron
from ..ops import Grid, Size, along
from ..plan import Plan
from ..pooling import Max, PoolingFunction
from ..specs import spec
from .images import check_sizes, image_axes, need_images, side_names
from .neuron import with_neuron
from .wiring import need_top_per_bottom

SIZES = ("kernel", "stride", "pad")


@spec(kw_only=True)
class PoolingLayer(Layer):
    """Each window of an image becomes one number: its largest element, or its mean.

    Bottoms are images (num, channels, height, width), or with another number of axes after the channels; tops
    (num, channels, rows, columns). By Caffe's rule rows = ceil((height + 2 pad - kernel) / stride) + 1, less one if any
    side is padded and the last window would start beyond the image and its front padding; so the last window may stick
    out.

    kernel, stride, pad: one number for each axis, (height, width), or one integer for all; pad is smaller than kernel.
    divisor: what a mean divides by: "kernel", the full area of the kernel everywhere (Mocha); "window", the part of it
    that lies in the image and its padding (Caffe).

    >>> from mocha_core import Pooling, PoolingLayer
    >>> PoolingLayer(name="pool1", kernel=3, stride=2, pooling=Pooling.Mean(), bottoms=["c1"], tops=["p1"])
    PoolingLayer(name='pool1', bottoms=('c1',), tops=('p1',), kernel=3, stride=2, pooling=Pooling.Mean())
    """

    name: str = "pooling"
    kernel: Size = 1
    stride: Size = 1
    pad: Size = 0
    pooling: PoolingFunction = Max()
    divisor: Literal["kernel", "window"] = "kernel"
    neuron: Neuron = Identity()

    def check_options(self) -> None:
        check_sizes(self, *SIZES)
        axes = image_axes(self, *SIZES) or 1
        if any(p >= k for p, k in zip(along(self.pad, axes), along(self.kernel, axes), strict=True)):
            raise self.refuse(f"pad {self.pad} must be below kernel {self.kernel}, or windows lie in the padding")
        if self.divisor not in ("kernel", "window"):
            raise self.refuse(f'divisor is "kernel" or "window", not {self.divisor!r}')
        need_top_per_bottom(self)

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron)

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on images of this shape."""
        return Grid.pooling(shape[2:], self.kernel, self.stride, self.pad)

    def areas(self, grid: Grid) -> Any:
        """What a mean divides by, for each window, as nested lists."""
        return grid.extents() if self.divisor == "window" else np.full(grid.out, grid.cells).tolist()

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms, image_axes(self, *SIZES))
        for bottom in bottoms:
            self._check_windows(bottom)
        tops = tuple(b.with_shape(*b.shape[:2], *self.grid(b.shape).out) for b in bottoms)
        return Plan(tops=tops, saves=self.pooling.saves)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self.pooling.forward(xp, x, *self._windows(xp, x)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(
            tuple(self.pooling.backward(xp, x, *self._windows(xp, x), dy) if want else None for x, dy, want in wanted)
        )

    def _windows(self, xp: Any, x: Array) -> tuple[Grid, Array]:
        grid = self.grid(x.shape)
        return grid, xp.asarray(self.areas(grid), dtype=x.dtype)

    def _check_windows(self, bottom: BlobSpec) -> None:
        grid = self.grid(bottom.shape)
        if min(grid.out) < 1:
            raise self.misfit(f"a kernel {self.kernel} with pad {self.pad} does not fit on {bottom}; make it smaller")
        for side, axis in zip(side_names(len(grid.axes)), grid.axes, strict=True):
            if axis.last_start >= axis.size:
                raise self.misfit(
                    f"the last window along the {side} would start at {axis.last_start} of {axis.size} and be empty; "
                    f"take a stride of at most the kernel, {axis.kernel}"
                )
