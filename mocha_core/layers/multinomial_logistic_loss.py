"""The multinomial logistic loss of probabilities."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array
from ..layer import Grads, Values
from ..specs import spec
from .class_loss import ClassLoss
from .losses import FLOOR


@spec(kw_only=True)
class MultinomialLogisticLossLayer(ClassLoss):
    """loss = weight/M * sum -w_y log max(p_y, 1e-20), with the probabilities p and the label y of each of M locations.

    bottoms: probabilities `(num, ..., classes, ...)`, such as the top of a softmax, and label, as in
    `SoftmaxLossLayer`. The gradient by p_y is -weight/M * w_y / max(p_y, 1e-20), as in Caffe; by others 0. Statistics:
    `<name>-multinomial-logistic-loss`, the mean over all labels.

    axis, weights, normalize, ignore_label, normalization, weight, loss_weight: as in `SoftmaxLossLayer`, which is more
    precise where it can be used.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = MultinomialLogisticLossLayer(bottoms=["prob", "label"])
    >>> p, label = np.array([[0.25, 0.75]]), np.array([[1.0]])
    >>> print(f"{layer.forward(np, Values(xs=(p, label)))[0]:.4f}")
    0.2877
    """

    name: str = "multinomial-logistic-loss"

    statistic: ClassVar[str] = "multinomial-logistic-loss"

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        p, label = v.xs
        total = -xp.sum(self.target(xp, p, label) * xp.log(_floored(xp, p)))
        return self.averaged(xp, total, p, label)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        p, label = v.xs
        dp = -self.rate(xp, p, label) * self.target(xp, p, label) / _floored(xp, p)
        return Grads(xs=(dp, None))


def _floored(xp: Any, p: Array) -> Array:
    return xp.maximum(p, xp.full_like(p, FLOOR))
