"""Sums, differences, products and quotients of blobs."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .functors import Add, Functor
from .wiring import need_blobs


@spec(kw_only=True)
class ElementWiseLayer(Layer):
    """y = f(a, b) for two bottoms of one shape; see `ElementWiseFunctors` for the choices of f.

    >>> from mocha_core.layers.functors import ElementWiseFunctors
    >>> ElementWiseLayer(operation=ElementWiseFunctors.Multiply(), bottoms=["a", "b"], tops=["ab"])
    ElementWiseLayer(bottoms=('a', 'b'), tops=('ab',), operation=ElementWiseFunctors.Multiply())
    """

    name: str = "element-wise"
    operation: Functor = Add()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=self.operation.arity, tops=1)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        a, b = bottoms
        if a.shape != b.shape:
            raise self.misfit(f"shapes {a} and {b} must be equal")
        return Plan(tops=(a,), saves=self.operation.saves, overlays=((0, 0), (0, 1)))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        a, b = v.xs
        return (self.operation.y(a, b),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (a, b), (y,), (dy,), f = v.xs, v.ys, v.dys, self.operation
        da = f.da(a, b, y, dy) if v.wants[0] else None
        db = f.db(a, b, y, dy) if v.wants[1] else None
        return Grads(xs=(da, db))
