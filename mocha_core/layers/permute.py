"""Axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class PermuteLayer(Layer):
    """Puts the axes in another order: axis k of a top is axis `order[k]` of its bottom, as in `numpy.transpose`.

    order: every axis once, the batch included.

    >>> layer = PermuteLayer(order=(0, 2, 3, 1), bottoms=["conv"], tops=["channels last"])
    >>> layer.plan((BlobSpec((64, 3, 28, 20)),)).tops[0].shape
    (64, 28, 20, 3)
    """

    name: str = "permute"
    order: Sequence[int]

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if sorted(self.order) != list(range(len(self.order))):
            raise self.refuse(f"order={self.order} must name each of the axes 0 ... {len(self.order) - 1} once")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        for name, x in zip(self.bottoms, bottoms, strict=True):
            if len(x.shape) != len(self.order):
                raise self.misfit(f"{name!r} is {x}, and order={self.order} is for {len(self.order)} axes")
        return Plan(tops=tuple(x.with_shape(*(x.shape[k] for k in self.order)) for x in bottoms), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.permute_dims(x, tuple(self.order)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        back = tuple(self.order.index(k) for k in range(len(self.order)))
        return Grads(xs=tuple(xp.permute_dims(dy, back) if w else None for dy, w in zip(v.dys, v.wants, strict=True)))
