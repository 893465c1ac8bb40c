"""A layer for which fake packages offer kernels."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.plan import Plan
from mocha_core.specs import spec


@spec(kw_only=True)
class Probe(Layer):
    """y = x."""

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return v.xs
