"""The largest elements and where they are, as Caffe's ArgMax gives them."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.layer import Layer, Values
from mocha_core.layers.wiring import need_blobs, resolve_axis
from mocha_core.ops import first_true
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class ArgMaxLayer(Layer):
    """The positions of the `top_k` largest elements, the largest first; of equals the last one comes first.

    With an axis, its size becomes top_k; the top holds positions, or with `values` the elements themselves. Without,
    among all elements of a sample: the top is (num, 1, top_k), or with `values` (num, 2, top_k), positions before
    elements, with as many axes of size 1 behind as the bottom has more than three. There is no gradient. For one
    position in the form of a label take `ArgmaxLayer`.

    >>> layer = ArgMaxLayer(name="top", top_k=5, values=True, bottoms=["prob"], tops=["top"])
    >>> layer.plan((BlobSpec((8, 1000)),)).tops[0].shape
    (8, 2, 5)
    """

    top_k: int = 1
    axis: int | None = None
    values: bool = False

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.top_k < 1:
            raise self.refuse(f"top_k={self.top_k} must be at least 1")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if self.axis is None and not x.shape:
            raise self.misfit("the bottom is one number; there is nothing to choose from")
        size = math.prod(x.shape[1:]) if self.axis is None else x.shape[resolve_axis(self, self.axis, x)]
        if size < self.top_k:
            raise self.misfit(f"there are {size} elements in {x} to choose from, fewer than top_k={self.top_k}")
        return Plan(tops=(x.with_shape(*self._shape(x.shape)),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        if self.axis is not None:
            positions, values = _largest(xp, x, self.axis % x.ndim, self.top_k)
            return (values if self.values else positions,)
        both = _largest(xp, xp.reshape(x, (x.shape[0], -1)), 1, self.top_k)
        return (xp.reshape(xp.concat(both if self.values else both[:1], axis=1), self._shape(x.shape)),)

    def _shape(self, shape: Shape) -> Shape:
        if self.axis is None:
            return (shape[0], 2 if self.values else 1, self.top_k, *(1,) * (len(shape) - 3))
        axis = self.axis % len(shape)
        return (*shape[:axis], self.top_k, *shape[axis + 1 :])


def _largest(xp: Any, x: Array, axis: int, count: int) -> tuple[Array, Array]:
    """Positions and values of the largest elements along the axis; NaN counts as the largest."""
    line = tuple(-1 if k == axis else 1 for k in range(x.ndim))
    numbers = xp.flip(xp.reshape(xp.arange(x.shape[axis], dtype=x.dtype), line), axis=axis)
    x, none = xp.flip(x, axis=axis), xp.zeros_like(x)
    taken, found = xp.zeros(x.shape, dtype=xp.bool), []
    for _ in range(count):
        left = xp.where(taken, xp.full_like(x, -xp.inf), x)
        best = xp.max(left, axis=axis, keepdims=True)
        here = first_true(xp, ~taken & ((left == best) | xp.isnan(left)), axis)
        position = xp.sum(xp.where(here, numbers, none), axis=axis, keepdims=True)
        found.append((position, xp.sum(xp.where(here, x, none), axis=axis, keepdims=True)))
        taken = taken | here
    positions, values = zip(*found, strict=True)
    return xp.concat(positions, axis=axis), xp.concat(values, axis=axis)
