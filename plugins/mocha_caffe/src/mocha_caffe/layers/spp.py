"""Spatial pyramid pooling."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.images import need_images
from mocha_core.layers.wiring import need_blobs
from mocha_core.ops import Grid
from mocha_core.plan import Plan, Traits
from mocha_core.pooling import Max, PoolingFunction
from mocha_core.specs import spec


@spec(kw_only=True)
class SPPLayer(Layer):
    """Pools images into 1, 4, 16, ... bins, so that images of any size give as many numbers: Caffe's SPP.

    Level l has 2^l bins along each side: kernel = stride = ceil(size / 2^l), pad = (kernel 2^l - size + 1) // 2. The
    levels are flattened and joined: the top is (num, channels * (1 + 4 + ... )); with one level only, it stays an image
    (num, channels, 1, 1). Source: He, Zhang, Ren, Sun, "Spatial pyramid pooling in deep convolutional networks", 2014.

    levels: how many.   pooling: `Pooling.Max()`, or `Pooling.Mean()`, which divides by the part of a bin that lies in
    the image and its padding.

    >>> layer = SPPLayer(name="spp", levels=3, bottoms=["conv5"], tops=["spp"])
    >>> layer.plan((BlobSpec((8, 256, 13, 17)),)).tops[0].shape
    (8, 5376)
    """

    levels: int
    pooling: PoolingFunction = Max()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if not 1 <= self.levels <= 16:
            raise self.refuse(f"levels is 1 ... 16, not {self.levels}")

    def grids(self, shape: tuple[int, ...]) -> list[Grid]:
        """The windows of each level on images of this shape."""
        return [_level(shape[2:], 2**level) for level in range(self.levels)]

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        (x,) = bottoms
        for level, grid in enumerate(self.grids(x.shape)):
            if any(axis.pad >= axis.kernel or axis.out < 1 or axis.last_start >= axis.size for axis in grid.axes):
                raise self.misfit(f"{x} is too small for the {2**level} bins of level {level}; take fewer levels")
        return Plan(tops=(x.with_shape(*self._shape(x.shape)),), saves=self.pooling.saves)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        ys = [self.pooling.forward(xp, x, grid, _areas(xp, grid, x)) for grid in self.grids(x.shape)]
        flat = xp.concat([xp.reshape(y, (x.shape[0], -1)) for y in ys], axis=1)
        return (xp.reshape(flat, self._shape(x.shape)),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None,))
        flat, start, dx = xp.reshape(dy, (x.shape[0], -1)), 0, xp.zeros_like(x)
        for grid in self.grids(x.shape):
            stop = start + x.shape[1] * math.prod(grid.out)
            level = xp.reshape(flat[:, start:stop], (*x.shape[:2], *grid.out))
            dx, start = dx + self.pooling.backward(xp, x, grid, _areas(xp, grid, x), level), stop
        return Grads((dx,))

    def _shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.levels == 1:
            return (*shape[:2], 1, 1)
        return shape[0], sum(shape[1] * math.prod(grid.out) for grid in self.grids(shape))


def _level(image: tuple[int, ...], bins: int) -> Grid:
    kernel = [-(-size // bins) for size in image]
    pad = [(k * bins - size + 1) // 2 for k, size in zip(kernel, image, strict=True)]
    return Grid.pooling(image, kernel, kernel, pad)


def _areas(xp: Any, grid: Grid, x: Array) -> Array:
    return xp.asarray(grid.extents(), dtype=x.dtype)
