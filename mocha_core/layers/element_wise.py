"""Sums, differences, products, quotients and maxima of blobs."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .functor import Functor
from .functors import Add
from .wiring import need_blobs


@spec(kw_only=True)
class ElementWiseLayer(Layer):
    """y = f(a, b, ...), element by element, for bottoms of one shape.

    `ElementWiseFunctors` has the choices of f; `Sum`, `Product` and `Maximum` take any number of bottoms from two on.

    >>> from mocha_core.layers.functors import ElementWiseFunctors
    >>> ElementWiseLayer(operation=ElementWiseFunctors.Multiply(), bottoms=["a", "b"], tops=["ab"])
    ElementWiseLayer(bottoms=('a', 'b'), tops=('ab',), operation=ElementWiseFunctors.Multiply())
    """

    name: str = "element-wise"
    operation: Functor = Add()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=self.operation.count or max(2, len(self.bottoms)), tops=1)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        first, *others = bottoms
        if any(other.shape != first.shape for other in others):
            raise self.misfit(f"shapes {' and '.join(map(str, bottoms))} must be equal")
        overlays = tuple((0, k) for k in range(len(bottoms)))
        return Plan(tops=(first,), saves=self.operation.saves, overlays=overlays)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (self.operation.forward(xp, v.xs),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (y,), (dy,) = v.ys, v.dys
        return Grads(xs=self.operation.backward(xp, v.xs, y, dy, v.wants))
