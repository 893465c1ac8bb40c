"""A loss with a given gradient: how a gradient that Caffe was given gets into a net."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core import BlobSpec, Grads, Layer, Plan, Traits, Values, spec


@spec(kw_only=True, eq=False)
class GivenGradient(Layer):
    """sum(gradient * x), whose derivative by x is `gradient` wherever x is."""

    gradient: Any

    traits: ClassVar[Traits] = Traits(sink=True, loss=True)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if self.gradient.shape != x.shape:
            raise self.misfit(f"Caffe's {self.bottoms[0]} has a gradient of {self.gradient.shape}, ours is {x}")
        return Plan(tops=(x.with_shape(),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Any, ...]:
        (x,) = v.xs
        return (xp.sum(xp.asarray(self.gradient, dtype=x.dtype) * x),)

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads((xp.asarray(self.gradient, dtype=v.xs[0].dtype),))
