"""What the losses that are a sum over pairs of elements share."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..plan import Plan
from ..specs import spec
from .losses import LossLayer
from .wiring import need_equal_sizes


@spec(kw_only=True)
class PairLoss(LossLayer):
    """loss = weight/N * sum f(x, y) over the elements x, y of two bottoms, N being the batch size of the first.

    The bottoms have the same number of elements; their shapes may differ. A subclass gives f and its two derivatives,
    each by itself, so that any one of them may be wanted alone. Abstract.
    """

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_equal_sizes(self, bottoms)
        x = bottoms[0]
        return Plan(tops=(x.with_shape(),), saves=frozenset({"xs"}), items=x.shape[0])

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, y = v.xs
        return (self._rate(x) * xp.sum(self.f(xp, x, xp.reshape(y, x.shape))),)

    def backward(self, xp: Any, v: Values) -> Grads:
        x, y = v.xs
        pair, rate = (x, xp.reshape(y, x.shape)), self._rate(x)
        dx = rate * self.dx(xp, *pair) if v.wants[0] else None
        dy = xp.reshape(rate * self.dy(xp, *pair), y.shape) if v.wants[1] else None
        return Grads(xs=(dx, dy))

    @abstractmethod
    def f(self, xp: Any, x: Array, y: Array) -> Array:
        """What is summed."""

    @abstractmethod
    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        """df/dx."""

    @abstractmethod
    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        """df/dy."""

    def _rate(self, x: Array) -> float:
        return self.weight / int(x.shape[0])
