"""Logarithms of a linear function of the input, to any base."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_base, need_top_per_bottom


@spec(kw_only=True)
class LogLayer(Layer):
    """y = log(scale x + shift) to the base `base`, for each bottom; NaN where scale x + shift is negative.

    base: positive and not 1; e by default.

    >>> LogLayer(base=10, shift=1, bottoms=["count"], tops=["digits"])
    LogLayer(bottoms=('count',), tops=('digits',), base=10, shift=1)
    """

    name: str = "log"
    base: float = math.e
    scale: float = 1.0
    shift: float = 0.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        need_base(self, self.base)
        if self.base == 1:
            raise self.refuse("base=1 has no logarithm")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset({"xs"}), overlays=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.log(self._inner(x)) / math.log(self.base) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        rate = float(self.scale) / math.log(self.base)
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(rate * dy / self._inner(x) if want else None for x, dy, want in blobs))

    def _inner(self, x: Array) -> Array:
        return float(self.scale) * x + float(self.shift)
