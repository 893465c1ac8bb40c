"""A second name for a blob."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class IdentityLayer(Layer):
    """y = x for each bottom, under the name of the matching top; no bytes move where the backend can share them.

    >>> IdentityLayer(bottoms=["ip2"], tops=["scores"])
    IdentityLayer(bottoms=('ip2',), tops=('scores',))
    """

    name: str = "identity"

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset(), views=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return v.xs

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(xs=tuple(dy if want else None for dy, want in zip(v.dys, v.wants, strict=True)))
