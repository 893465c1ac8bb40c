"""Regions of images, pooled to one size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..admitted import Admitted, whole
from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import Size, add_rows, first_true, pair, take_rows
from ..plan import Plan, Traits
from ..specs import spec
from .images import need_images
from .wiring import need_blobs

FIELDS = 5
AT_ONCE = 2**22
"""Numbers of the images of the regions that are looked at together; it bounds the memory."""


@spec(kw_only=True)
class ROIPoolingLayer(Layer):
    """The largest number of each of size[0] x size[1] bins of regions of images, as in Fast R-CNN.

    bottoms: images (num, channels, height, width), and regions (count, 5), in rows (image, left, top, right, bottom):
    the number of the image, from 0, and the corners, which belong to the region, in pixels before `scale`. They get no
    gradient.   tops: one, (count, channels, *size).
    size: (height, width) of the tops, or one integer for both.   scale: the size of the images by that of the pictures
    in whose pixels the corners are, such as 1/16.

    Numbers of images from data and inputs are checked, a wrong one is a `DataError`; those that layers compute are
    rounded, and where there is no such image the top is NaN.

    A corner c is at round(c * scale), halves away from 0; a region is at least one pixel high and wide. Of a region of
    n rows, bin i of k has the rows from floor(i n / k) up to, but not including, ceil((i + 1) n / k), so that bins may
    overlap; what lies beyond the image does not count, and an empty bin gives 0. The gradient goes to the first of the
    largest numbers, in row order. Source: Girshick, "Fast R-CNN", 2015.

    >>> layer = ROIPoolingLayer(name="roi", size=(6, 7), scale=1 / 16, bottoms=["conv5", "rois"], tops=["pool5"])
    >>> layer.plan((BlobSpec((2, 256, 38, 63)), BlobSpec((300, 5)))).tops[0].shape
    (300, 256, 6, 7)
    """

    name: str = "roi-pooling"
    size: Size
    scale: float = 1.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=1)
        self._put("size", pair(self.size, f"layer {self.name!r}: size", 1))
        if self.scale <= 0:
            raise self.refuse(f"scale={self.scale} must be a positive number")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        x, regions = bottoms
        need_images(self, (x, x))
        if regions.shape[1:2] != (FIELDS,) or math.prod(regions.shape[2:]) != 1:
            raise self.misfit(f"{self.bottoms[1]!r} is {regions}; regions are (count, 5): image, and four corners")
        top = x.with_shape(regions.shape[0], x.shape[1], *pair(self.size))
        return Plan(tops=(top,), saves=frozenset({"xs", "y0"}), constants=(1,))

    def example(self, position: int, bottoms: tuple[BlobSpec, ...], random: np.random.Generator) -> Array | None:
        """Regions within the image; bins of equal sizes, where programs that round otherwise find the same ones."""
        x, regions = bottoms
        if position != 1:
            return None
        count = regions.shape[0]
        sides = zip(x.shape[2:], pair(self.size), strict=True)
        (top, bottom), (left, right) = (_interval(random, count, size, bins) for size, bins in sides)
        corners = [corner / self.scale for corner in (left, top, right, bottom)]
        return np.stack([random.integers(x.shape[0], size=count), *corners], axis=1).reshape(regions.shape)

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        num = bottoms[0].shape[0]
        return {1: whole(num, f"the number of images is {num}", noun="image number", column=0)}

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (xp.concat([self._pooled(xp, part) for part in self._parts(xp, *v.xs)]),)

    def backward(self, xp: Any, v: Values) -> Grads:
        x, _ = v.xs
        if not v.wants[0]:
            return Grads((None, None))
        total, start = xp.zeros((x.shape[0], x[0, ...].size), dtype=x.dtype), 0
        for part in self._parts(xp, *v.xs):
            stop = start + part.number.shape[0]
            spread = _spread(xp, part, v.ys[0][start:stop, ...], v.dys[0][start:stop, ...])
            total = total + add_rows(xp, xp.reshape(spread, (stop - start, -1)), part.number, x.shape[0])
            start = stop
        return Grads((xp.reshape(total, x.shape), None))

    def _pooled(self, xp: Any, part: _Part) -> Array:
        """Along the rows first, then along the columns; an empty bin is 0."""
        least = xp.full((), -xp.inf, dtype=part.images.dtype)
        rows = [xp.max(xp.where(in_[:, None, :, None], part.images, least), axis=2) for in_ in part.rows]
        bins = [[xp.max(xp.where(in_[:, None, :], row, least), axis=2) for in_ in part.columns] for row in rows]
        y = xp.stack([xp.stack(row, axis=2) for row in bins], axis=2)
        return xp.where(part.empty(xp), xp.zeros_like(y), y)

    def _parts(self, xp: Any, x: Array, regions: Array) -> list[_Part]:
        count, step = regions.shape[0], max(1, AT_ONCE // math.prod(x.shape[1:]))
        regions = xp.reshape(regions, (count, FIELDS))
        return [self._part(xp, x, regions[k : min(k + step, count), :]) for k in range(0, count, step)]

    def _part(self, xp: Any, x: Array, regions: Array) -> _Part:
        number = regions[:, 0]
        left, top, right, bottom = (_corner(xp, regions[:, k] * float(self.scale)) for k in range(1, FIELDS))
        height, width = pair(self.size)
        rows = _bins(xp, top, bottom, height, x.shape[2])
        return _Part(take_rows(xp, x, number), number, rows, _bins(xp, left, right, width, x.shape[3]))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some regions: the image of each, its number, and for each bin along a side which of its pixels belong to it."""

    images: Array
    number: Array
    rows: list[Array]
    columns: list[Array]

    def empty(self, xp: Any) -> Array:
        """(regions, 1, height, width): whether the bin has no pixel."""
        rows, columns = (xp.stack([xp.any(in_, axis=1) for in_ in side], axis=1) for side in (self.rows, self.columns))
        return ~(rows[:, None, :, None] & columns[:, None, None, :])


def _interval(random: np.random.Generator, count: int, size: int, bins: int) -> tuple[Array, Array]:
    """First and last pixels of `count` intervals along a side, each of whole bins as far as they fit."""
    length = np.minimum(bins * random.integers(1, max(1, size // bins) + 1, size=count), size)
    first = random.integers(size - length + 1)
    return first, first + length - 1


def _corner(xp: Any, place: Array) -> Array:
    """Rounded, halves away from 0."""
    return xp.astype(xp.sign(place) * xp.floor(xp.abs(place) + 0.5), xp.int64)


def _bins(xp: Any, first: Array, last: Array, count: int, size: int) -> list[Array]:
    """For each bin, (regions, size): whether the pixel belongs to it."""
    length, pixels = xp.maximum(last - first + 1, xp.ones_like(first)), xp.arange(size, dtype=xp.int64)[None, :]
    found = []
    for k in range(count):
        start, stop = first + k * length // count, first - (-(k + 1) * length // count)
        found.append((pixels >= start[:, None]) & (pixels < stop[:, None]))
    return found


def _spread(xp: Any, part: _Part, y: Array, dy: Array) -> Array:
    """The gradient by the image of each region."""
    dx = xp.zeros_like(part.images)
    for i, rows in enumerate(part.rows):
        for j, columns in enumerate(part.columns):
            inside = rows[:, None, :, None] & columns[:, None, None, :]
            largest = inside & (part.images == y[:, :, i : i + 1, j : j + 1])
            first = first_true(xp, xp.reshape(largest, (*y.shape[:2], -1)), axis=2)
            dx = dx + xp.where(xp.reshape(first, dx.shape), dy[:, :, i : i + 1, j : j + 1], xp.zeros_like(dx))
    return dx
