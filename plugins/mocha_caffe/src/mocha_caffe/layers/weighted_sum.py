"""Any blob as a part of the objective: what Caffe's `loss_weight` makes of a layer that is no loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class WeightedSumLayer(Layer):
    """loss = weight * sum of all elements of the bottom; the gradient of each is `weight`.

    >>> WeightedSumLayer(name="penalty", bottoms=["squares"], weight=0.5)
    WeightedSumLayer(name='penalty', bottoms=('squares',), weight=0.5)
    """

    weight: float = 1.0

    traits: ClassVar[Traits] = Traits(sink=True, loss=True, stats=True)

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=0)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        return Plan(tops=(x.with_shape(),), saves=frozenset({"xs"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (float(self.weight) * xp.sum(x),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,) = v.xs
        return Grads((xp.full(x.shape, float(self.weight), dtype=x.dtype) if v.wants[0] else None,))

    def report(self, mean: float) -> Mapping[str, float]:
        return {"weighted-sum": mean}
