"""Softmax followed by the multinomial logistic loss."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array
from ..layer import Grads, Layer, Values
from ..ops.softmax import log_softmax, softmax
from ..specs import spec
from .class_loss import ClassLoss
from .losses import FLOOR
from .softmax import SoftmaxLayer


@spec(kw_only=True)
class SoftmaxLossLayer(ClassLoss):
    """loss = weight/M * sum -w_y log max(p_y, 1e-20), with p = softmax(prediction) and y the label of each location.

    bottoms: prediction `(num, ..., classes, ...)`, and label: the number of the class, counted from 0, as a float, one
    for each of the M locations; its shape is the prediction's with size 1 along `axis`, `(num, 1)` or `(num,)` for a
    prediction `(num, classes)`. The gradient of a prediction is weight/M * w_y * (p - onehot(y)).

    axis: of the classes, as NumPy counts.   weight: of this loss in the objective.
    weights: w, of the classes: none (1 each), one number per class, an array per location and class (the shape of one
    sample's prediction), or one with the batch.
    normalize: "local" makes w average 1 over the classes at each location, "global" over each sample, "no" keeps it.

    >>> import numpy as np
    >>> layer = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])
    >>> scores, label = np.log([[1.0, 3.0]]), np.array([[1.0]])
    >>> print(f"{layer.forward(np, Values(xs=(scores, label)))[0]:.4f}")
    0.2877
    """

    name: str = "softmax-loss"

    statistic: ClassVar[str] = "softmax-loss"

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs
        target = self.target(xp, x, label)
        floor = xp.asarray(math.log(FLOOR), dtype=x.dtype)
        log_p = xp.maximum(log_softmax(xp, x, self.axis), floor)
        return (-self.rate(x) * xp.sum(target * log_p),)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        x, label = v.xs
        target = self.target(xp, x, label)
        w_y = xp.sum(target, axis=self.axis, keepdims=True)
        dx = self.rate(x) * (w_y * softmax(xp, x, self.axis) - target)
        return Grads(xs=(dx, None))

    def for_prediction(self) -> Layer:
        probability = f"{self.name}/prob"
        return SoftmaxLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), axis=self.axis)
