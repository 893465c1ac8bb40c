"""A softmax loss in which each label has a target for every class."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..option_types import numbers_of
from ..plan import Plan
from ..specs import spec
from .cross_entropy import cross_entropy, cross_entropy_gradient
from .label_loss import LabelLoss
from .softmax import SoftmaxLayer


@spec(kw_only=True)
class InfogainLossLayer(LabelLoss):
    """loss = weight/M * sum_locations sum_k -H[y, k] log max(p_k, 1e-20), with p = softmax(prediction) and label y.

    H says what it is worth to give class k where y is true; for the unit matrix this is `SoftmaxLossLayer`. The
    gradient is weight/M * (s p_k - H[y, k]), where s is the sum of row y.

    bottoms: prediction and label, as in `SoftmaxLossLayer`; and H, a blob of classes * classes numbers in any shape, if
    it is not given as `matrix`. Only the prediction gets a gradient. Statistics: `<name>-infogain-loss`.

    matrix: H, an array (classes, classes).
    axis, ignore_label, normalization, weight, loss_weight: as in `SoftmaxLossLayer`.

    >>> from mocha_core import Values
    >>> layer = InfogainLossLayer(bottoms=["ip2", "label"], matrix=[[1.0, 0.0], [0.5, 1.0]])
    >>> scores, label = np.log([[1.0, 3.0]]), np.array([[1.0]])
    >>> print(f"{layer.forward(np, Values(xs=(scores, label)))[0]:.4f}")
    0.9808
    """

    name: str = "infogain-loss"
    matrix: Any = ()

    statistic: ClassVar[str] = "infogain-loss"

    def check_options(self) -> None:
        self._put("matrix", self._frozen_matrix())
        LabelLoss.check_options(self)

    @property
    def reads(self) -> int:
        return 2 if self.matrix else 3

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = LabelLoss.plan(self, bottoms)
        count = self.classes(bottoms)[1]
        size = bottoms[2].size if len(bottoms) > 2 else len(self.matrix) ** 2
        if size != count * count:
            raise self.misfit(f"{count} classes need a matrix of {count} x {count} numbers, got one of {size}")
        return plan

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs[:2]
        return self.averaged(xp, cross_entropy(xp, x, self._target(xp, v), self.axis), x, label)

    def backward(self, xp: Any, v: Values) -> Grads:
        x, label = v.xs[:2]
        if not v.wants[0]:
            return Grads(xs=(None,) * len(v.xs))
        dx = self.rate(xp, x, label) * cross_entropy_gradient(xp, x, self._target(xp, v), self.axis)
        return Grads(xs=(dx, *(None,) * (len(v.xs) - 1)))

    def for_prediction(self) -> Layer:
        probability = f"{self.name}/prob"
        return SoftmaxLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), axis=self.axis)

    def _target(self, xp: Any, v: Values) -> Array:
        """H[y, k] at class k of each location, 0 where the label is to be ignored."""
        x, label, *given = v.xs
        classes = x.shape[self.axis]
        h = xp.reshape(given[0] if given else xp.asarray(np.asarray(self.matrix), dtype=x.dtype), (classes, classes))
        hot = xp.moveaxis(self.one_hot(xp, x, label), self.axis, -1)
        return xp.moveaxis(hot @ h, -1, self.axis)

    def _frozen_matrix(self) -> Any:
        try:
            h = numbers_of(self.matrix).astype(np.float64)
        except TypeError:
            raise self.refuse("matrix must be an array of finite numbers, (classes, classes)") from None
        if h.shape != (0,) and (h.ndim != 2 or h.shape[0] != h.shape[1]):
            raise self.refuse(f"matrix must be square, (classes, classes); it is of shape {h.shape}")
        return tuple(map(tuple, h.tolist())) if h.size else ()
