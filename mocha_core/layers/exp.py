"""Exponentials of a linear function of the input, to any base."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_base, need_top_per_bottom


@spec(kw_only=True)
class ExpLayer(Layer):
    """y = base^(scale x + shift), for each bottom.

    base: positive; e by default.

    >>> ExpLayer(base=2, bottoms=["bits"], tops=["size"])
    ExpLayer(bottoms=('bits',), tops=('size',), base=2)
    """

    name: str = "exp"
    base: float = math.e
    scale: float = 1.0
    shift: float = 0.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        need_base(self, self.base)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset({"ys"}), overlays=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        rate, shift = self._rate, math.log(self.base) * self.shift
        return tuple(xp.exp(rate * x + shift) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.ys, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._rate * (dy * y) if want else None for y, dy, want in blobs))

    @property
    def _rate(self) -> float:
        return math.log(self.base) * self.scale
