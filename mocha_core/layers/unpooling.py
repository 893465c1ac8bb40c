"""Numbers put back to where a pooling found them."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import Size, pair
from ..plan import Plan, Traits
from ..specs import spec
from .images import need_images
from .wiring import need_blobs


@spec(kw_only=True)
class UnpoolingLayer(Layer):
    """Puts each number of the first bottom to the place in a larger image that the second bottom names; 0 elsewhere.

    The places are those of `PoolingLayer(mask=True)`, row * width + column in the larger image, stored as floats (they
    are rounded). They get no gradient; those beyond the image are left out. Of several numbers for one place the last
    counts, in row order. Source: Badrinarayanan, Kendall, Cipolla, "SegNet: a deep convolutional encoder-decoder
    architecture for image segmentation", 2017.

    bottoms: x (num, channels, height, width), and places of the same shape.   tops: one, (num, channels, ...).
    size: (height, width) of the top, or one integer for both; or
    factor: by how much each side grows, a pair or one integer, and then
    less: how many rows and columns fewer, such as (1, 0), for a pooled image whose height was odd.

    >>> layer = UnpoolingLayer(name="up", factor=2, less=(1, 0), bottoms=["x", "places"], tops=["y"])
    >>> layer.plan((BlobSpec((4, 8, 12, 15)), BlobSpec((4, 8, 12, 15)))).tops[0].shape
    (4, 8, 23, 30)
    """

    name: str = "unpooling"
    factor: Size = ()
    size: Size = ()
    less: Size = 0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=1)
        if (self.factor == ()) == (self.size == ()):
            raise self.refuse(f"needs either factor or size, got factor={self.factor} and size={self.size}")
        option = "size" if self.factor == () else "factor"
        self._put(option, pair(getattr(self, option), f"layer {self.name!r}: {option}", 1))
        self._put("less", pair(self.less, f"layer {self.name!r}: less"))
        if self.size != () and self.less != (0, 0):
            raise self.refuse(f"less={self.less} goes with factor; with size leave it out")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        x, places = bottoms
        if x.shape != places.shape:
            raise self.misfit(f"{self.bottoms[1]!r} is {places}; it needs a place for each number of {x}")
        size = self._size(x.shape)
        if min(size) < 1:
            raise self.misfit(f"less={self.less} leaves nothing of {x} times factor={self.factor}")
        return Plan(tops=(x.with_shape(*x.shape[:2], *size),), saves=frozenset({"x1"}), constants=(1,))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, places = v.xs
        shape = (*x.shape[:2], *self._size(x.shape))
        number, found = _last_numbers(xp, self._rows(xp, places), math.prod(shape))
        y = xp.take(xp.reshape(x, (-1,)), number, axis=0)
        return (xp.reshape(xp.where(found, y, xp.zeros_like(y)), shape),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (_, places), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None, None))
        rows = self._rows(xp, places)
        number, _ = _last_numbers(xp, rows, dy.size)
        there = xp.clip(rows, 0, None)
        counts = (rows >= 0) & (xp.take(number, there, axis=0) == xp.arange(rows.shape[0], dtype=xp.int64))
        dx = xp.take(xp.reshape(dy, (-1,)), there, axis=0)
        return Grads((xp.reshape(xp.where(counts, dx, xp.zeros_like(dx)), places.shape), None))

    def _size(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.factor == ():
            return pair(self.size)
        given = zip(shape[2:], pair(self.factor), pair(self.less), strict=True)
        return tuple(side * times - less for side, times, less in given)

    def _rows(self, xp: Any, places: Array) -> Array:
        """Where each number goes among all numbers of the top; -1 for nowhere."""
        num, channels, *_ = places.shape
        area = math.prod(self._size(places.shape))
        images = xp.reshape(xp.arange(num * channels, dtype=xp.int64), (num, channels, 1, 1)) * area
        within = xp.astype(xp.round(places), xp.int64)
        rows = xp.where((within >= 0) & (within < area), images + within, xp.full_like(within, -1))
        return xp.reshape(rows, (-1,))


def _last_numbers(xp: Any, rows: Array, count: int) -> tuple[Array, Array]:
    """For each of `count` places the last number that goes there, and whether any does."""
    size = rows.shape[0]
    order = xp.argsort(rows * size + xp.arange(size, dtype=xp.int64))
    lined, wanted = xp.take(rows, order, axis=0), xp.arange(count, dtype=xp.int64)
    last = xp.clip(xp.searchsorted(lined, wanted, side="right") - 1, 0, None)
    return xp.astype(xp.take(order, last, axis=0), xp.int64), xp.take(lined, last, axis=0) == wanted
