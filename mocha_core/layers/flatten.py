"""Several axes as one."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_axis


@spec(kw_only=True)
class FlattenLayer(Layer):
    """Makes one axis of the axes from `axis` to `end_axis`, both included. No bytes move where they can be shared.

    axis, end_axis: as NumPy counts; by default all but the batch.

    >>> FlattenLayer(bottoms=["pool2"], tops=["flat"]).plan((BlobSpec((64, 50, 4, 4)),)).tops[0].shape
    (64, 800)
    """

    name: str = "flatten"
    axis: int = 1
    end_axis: int = -1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(x.with_shape(*self._shape(x)) for x in bottoms)
        return Plan(tops=tops, saves=frozenset(), views=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.reshape(x, _flattened(x.shape, self.axis, self.end_axis)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(xp.reshape(dy, x.shape) if want else None for x, dy, want in blobs))

    def _shape(self, x: BlobSpec) -> Shape:
        first, last = resolve_axis(self, self.axis, x), resolve_axis(self, self.end_axis, x)
        if first > last:
            raise self.misfit(f"axis={self.axis} comes after end_axis={self.end_axis} in a blob of {x}")
        return _flattened(x.shape, first, last)


def _flattened(shape: Shape, axis: int, end_axis: int) -> Shape:
    first, after = axis % len(shape), end_axis % len(shape) + 1
    return (*shape[:first], math.prod(shape[first:after]), *shape[after:])
