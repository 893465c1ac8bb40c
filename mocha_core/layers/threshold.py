"""Which elements are large."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class ThresholdLayer(Layer):
    """y = 1 where x > threshold, else 0, for each bottom. There is no gradient.

    >>> import numpy as np
    >>> ThresholdLayer(bottoms=["x"], tops=["y"]).forward(np, Values(xs=(np.array([-1.0, 0.0, 2.0]),)))[0].tolist()
    [0.0, 0.0, 1.0]
    """

    name: str = "threshold"
    threshold: float = 0.0

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset(), overlays=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.astype(x > float(self.threshold), x.dtype) for x in v.xs)
