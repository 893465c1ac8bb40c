"""The hinge loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from ..admitted import Admitted
from ..blob import Array, BlobSpec
from ..ops.one_hot import one_hot
from ..plan import Plan
from ..specs import spec
from .losses import LossLayer
from .pair_loss import PairLoss


@spec(kw_only=True)
class HingeLossLayer(PairLoss):
    """loss = weight/N * sum max(0, 1 - x y), for scores x and labels y that are -1 or 1.

    bottoms: scores and labels, with the same number of elements; their shapes may differ. Where x y < 1 the gradients
    are -weight/N * y by the score and -weight/N * x by the label, elsewhere 0. Statistics: `<name>-hinge-loss`, the
    mean per sample.

    Labels from data and inputs are checked, a wrong one is a `DataError`.

    norm: "L2" squares the terms of the sum.
    one_vs_rest: the labels are class numbers, counted from 0, one for each sample; the scores are one per class, and y
    is 1 for the score of that class and -1 for the others. Labels get no gradient then. This is Caffe's HingeLoss.
    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = HingeLossLayer(bottoms=["score", "sign"])
    >>> print(layer.forward(np, Values(xs=(np.array([[0.25], [3.0]]), np.array([[1.0], [1.0]]))))[0])
    0.375
    >>> layer = HingeLossLayer(bottoms=["score", "label"], one_vs_rest=True, norm="L2")
    >>> print(layer.forward(np, Values(xs=(np.array([[0.5, -0.5]]), np.array([[0.0]]))))[0])
    0.5
    """

    name: str = "hinge-loss"
    norm: Literal["L1", "L2"] = "L1"
    one_vs_rest: bool = False

    statistic: ClassVar[str] = "hinge-loss"

    def check_options(self) -> None:
        LossLayer.check_options(self)
        if self.norm not in ("L1", "L2"):
            raise self.refuse(f'norm is "L1" or "L2", not {self.norm!r}')

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        if not self.one_vs_rest:
            return PairLoss.plan(self, bottoms)
        x, label = bottoms
        if len(x.shape) < 2 or label.size != x.shape[0]:
            raise self.misfit(f"scores of {x}, one per class, need one label a sample, got {label}")
        return replace(PairLoss.plan(self, (x, x)), constants=(1,))

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int] | None:
        x = bottoms[0]
        return (1, x.size // x.shape[0]) if self.one_vs_rest else None

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        if self.one_vs_rest:
            return PairLoss.admits(self, bottoms)
        advice = "for labels of 0 and 1 take 2 * label - 1, for numbers of classes one_vs_rest=True"
        return {1: Admitted(low=-1, high=1, step=2, told=f"labels are -1 or 1; {advice}")}

    def pair(self, xp: Any, x: Array, y: Array) -> Array:
        if not self.one_vs_rest:
            return PairLoss.pair(self, xp, x, y)
        num = x.shape[0]
        hot = one_hot(xp, xp.reshape(y, (num, 1)), x.size // num, axis=1)
        return xp.reshape(2 * hot - 1, x.shape)

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        gap = _gap(xp, x, y)
        return gap if self.norm == "L1" else gap * gap

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        return -y * self._slope(xp, x, y)

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        return -x * self._slope(xp, x, y)

    def _slope(self, xp: Any, x: Array, y: Array) -> Array:
        """Of a term by its gap; 0 where there is none."""
        if self.norm == "L2":
            return 2 * _gap(xp, x, y)
        return xp.astype(x * y < 1, x.dtype)


def _gap(xp: Any, x: Array, y: Array) -> Array:
    return xp.maximum(1 - x * y, xp.zeros_like(x))
