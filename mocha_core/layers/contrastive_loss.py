"""The contrastive loss of Siamese nets."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..plan import Plan
from ..specs import spec
from .losses import LossLayer
from .wiring import need_equal_sizes

SAFE = 1e-4
"""Keeps the divisor of the gradient from 0; Caffe's."""


@spec(kw_only=True)
class ContrastiveLossLayer(LossLayer):
    """loss = weight/(2N) * sum y d^2 + (1 - y) max(margin - d, 0)^2, with d the distance of two samples.

    Samples that belong together, y = 1, are drawn together; others, y = 0, are pushed apart until the margin. With
    g = a - b the gradient by a is weight/N * g for the former and -weight/N * (margin - d) g / (d + 1e-4), while d is
    below the margin, for the latter (the 1e-4, as in Caffe, keeps the divisor from 0); by b it is the opposite. Source:
    Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.

    bottoms: a and b, (N, ...) with the same number of elements, and y, one number a sample: 0 after rounding, or not.
    y gets no gradient. Statistics: `<name>-contrastive-loss`, the mean per pair.

    margin: more than 0.
    legacy: max(margin - d^2, 0), not squared, for samples that do not belong together, as early versions of Caffe had
    it.
    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> layer = ContrastiveLossLayer(bottoms=["left", "right", "same"], margin=6.0)
    >>> a, b, same = np.array([[3.0, 4.0], [3.0, 4.0]]), np.zeros((2, 2)), np.array([[1.0], [0.0]])
    >>> print(layer.forward(np, Values(xs=(a, b, same)))[0])
    6.5
    """

    name: str = "contrastive-loss"
    margin: float = 1.0
    legacy: bool = False

    statistic: ClassVar[str] = "contrastive-loss"

    def check_options(self) -> None:
        LossLayer.check_options(self)
        if self.margin <= 0:
            raise self.refuse(f"margin={self.margin} must be more than 0")

    @property
    def reads(self) -> int:
        return 3

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        a, b, same = bottoms
        need_equal_sizes(self, (a, b))
        if same.size != a.shape[0]:
            raise self.misfit(f"{self.bottoms[2]!r} is {same}, and it must say for each of {a.shape[0]} pairs 0 or 1")
        return Plan(tops=(a.with_shape(),), saves=frozenset({"xs"}), constants=(2,), items=a.shape[0])

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        gap, square, same = self._pairs(xp, v)
        short = self._short(xp, square)
        apart = short if self.legacy else short * short
        return (self.weight / (2 * gap.shape[0]) * xp.sum(xp.where(same, square, apart)),)

    def backward(self, xp: Any, v: Values) -> Grads:
        gap, square, same = self._pairs(xp, v)
        short = self._short(xp, square)
        push = xp.astype(short > 0, gap.dtype) if self.legacy else short / (xp.sqrt(square) + SAFE)
        da = self.loss_weight * self.weight / gap.shape[0] * xp.where(same, xp.ones_like(push), -push) * gap
        by = zip((da, -da), v.xs[:2], v.wants[:2], strict=True)
        return Grads(xs=(*(xp.reshape(d, x.shape) if want else None for d, x, want in by), None))

    def _pairs(self, xp: Any, v: Values) -> tuple[Array, Array, Array]:
        """a - b, one row a pair; the square of its length, and whether the two belong together, as columns."""
        a, b, same = v.xs
        num = a.shape[0]
        gap = xp.reshape(a, (num, -1)) - xp.reshape(b, (num, -1))
        return gap, xp.sum(gap * gap, axis=1, keepdims=True), xp.round(xp.reshape(same, (num, 1))) != 0

    def _short(self, xp: Any, square: Array) -> Array:
        """By how much pairs are closer than the margin."""
        distance = square if self.legacy else xp.sqrt(square)
        return xp.maximum(self.margin - distance, xp.zeros_like(distance))
