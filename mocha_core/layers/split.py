"""One blob under several names."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec


@spec(kw_only=True)
class SplitLayer(Layer):
    """y_k = x for every top k; the gradients of the tops are summed: dx = sum_k dy_k.

    A net sums the gradients of a blob that several layers read by itself, so this layer is never needed; it is here for
    nets that were written with it.

    no_copy: let all tops show the bottom's own bytes. An in-place layer on one top changes neither the bottom nor the
    other tops, with or without copies.

    >>> SplitLayer(bottoms=["data"], tops=["left", "right"]).no_copy
    False
    """

    name: str = "split"
    no_copy: bool = False

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        if len(self.bottoms) != 1 or not self.tops:
            raise self.refuse(
                f"needs one bottom and at least one top, got {len(self.bottoms)} and {len(self.tops)}; "
                f"write bottoms=['data'], tops=['left', 'right']"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        tops = (x,) * len(self.tops)
        if self.no_copy:
            return Plan(tops=tops, saves=frozenset(), views=tuple((k, 0) for k in range(len(tops))))
        return Plan(tops=tops, saves=frozenset(), overlays=((0, 0),))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (x,) * len(self.tops)

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(xs=(reduce(add, v.dys) if v.wants[0] else None,))
