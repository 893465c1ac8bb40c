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
        x, y = self._pair(xp, v)
        return self.averaged(xp, xp.sum(self.f(xp, x, y)), y)

    def backward(self, xp: Any, v: Values) -> Grads:
        x, y = self._pair(xp, v)
        rate = self.loss_weight * self.rate(xp, y)
        dx = rate * self.dx(xp, x, y) if v.wants[0] else None
        dy = xp.reshape(rate * self.dy(xp, x, y), v.xs[1].shape) if v.wants[1] else None
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

    def averaged(self, xp: Any, total: Array, y: Array) -> tuple[Array, ...]:
        """The tops, for this sum over all elements."""
        return (self.rate(xp, y) * total,)

    def rate(self, xp: Any, y: Array) -> Any:
        """weight/N, for the second bottom y in the shape of the first."""
        return self.weight / int(y.shape[0])

    def pair(self, xp: Any, x: Array, y: Array) -> Array:
        """The second bottom in the shape of the first."""
        return xp.reshape(y, x.shape)

    def _pair(self, xp: Any, v: Values) -> tuple[Array, Array]:
        x, y = v.xs
        return x, self.pair(xp, x, y)
