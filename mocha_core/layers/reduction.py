"""Sums and means along axes."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_axis

OPERATIONS = ("sum", "asum", "sumsq", "mean")


@spec(kw_only=True)
class ReductionLayer(Layer):
    """y = coeff * one number for all elements along `axis` and the axes after it, which are gone in the top.

    operation: "sum", the sum; "asum", that of absolute values; "sumsq", that of squares; "mean", the mean.
    axis: as NumPy counts; by default 0, so that the top is one number, of shape ().
    coeff: a factor.

    >>> layer = ReductionLayer(operation="mean", axis=2, bottoms=["conv"], tops=["average"])
    >>> layer.plan((BlobSpec((64, 10, 7, 7)),)).tops[0].shape
    (64, 10)
    """

    name: str = "reduction"
    operation: Literal["sum", "asum", "sumsq", "mean"] = "sum"
    axis: int = 0
    coeff: float = 1.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if self.operation not in OPERATIONS:
            raise self.refuse(f"operation is one of {', '.join(map(repr, OPERATIONS))}, not {self.operation!r}")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(x.with_shape(*x.shape[: resolve_axis(self, self.axis, x)]) for x in bottoms)
        return Plan(tops=tops, saves=frozenset({"xs"} if self.operation in ("asum", "sumsq") else ()))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._factor(x) * xp.sum(self._terms(xp, x), axis=self._axes(x)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._gradient(xp, x, dy) if want else None for x, dy, want in blobs))

    def _gradient(self, xp: Any, x: Array, dy: Array) -> Array:
        wide = self._factor(x) * xp.reshape(dy, (*dy.shape, *(1,) * (x.ndim - dy.ndim)))
        match self.operation:
            case "asum":
                return wide * xp.sign(x)
            case "sumsq":
                return 2 * wide * x
        return xp.broadcast_to(wide, x.shape)

    def _terms(self, xp: Any, x: Array) -> Array:
        match self.operation:
            case "asum":
                return xp.abs(x)
            case "sumsq":
                return x * x
        return x

    def _axes(self, x: Array) -> tuple[int, ...]:
        return tuple(range(self.axis % x.ndim, x.ndim))

    def _factor(self, x: Array) -> float:
        count = math.prod(x.shape[axis] for axis in self._axes(x)) if self.operation == "mean" else 1
        return float(self.coeff) / count
