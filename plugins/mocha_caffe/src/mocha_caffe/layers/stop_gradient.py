"""An end for gradients."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.layers.wiring import need_top_per_bottom
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class StopGradientLayer(Layer):
    """y = x, and no gradient goes back: what `propagate_down: false` means.

    >>> StopGradientLayer(name="stop", bottoms=["features"], tops=["given"])
    StopGradientLayer(name='stop', bottoms=('features',), tops=('given',))
    """

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        each = tuple(range(len(bottoms)))
        return Plan(tops=bottoms, saves=frozenset(), views=tuple((k, k) for k in each), constants=each)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return v.xs
