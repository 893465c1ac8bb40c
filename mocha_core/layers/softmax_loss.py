"""Softmax followed by the multinomial logistic loss."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array
from ..layer import Grads, Layer, Values
from ..specs import spec
from .class_loss import ClassLoss
from .cross_entropy import cross_entropy, cross_entropy_gradient
from .softmax import SoftmaxLayer


@spec(kw_only=True)
class SoftmaxLossLayer(ClassLoss):
    """loss = weight/M * sum -w_y log max(p_y, 1e-20), with p = softmax(prediction) and y the label of each location.

    bottoms: prediction `(num, ..., classes, ...)`, and label: the number of the class, counted from 0, as a float, one
    for each of the M locations; its shape is the prediction's with size 1 along `axis`, `(num, 1)` or `(num,)` for a
    prediction `(num, classes)`. The gradient of a prediction is weight/M * w_y * (p - onehot(y)).

    axis: of the classes, as NumPy counts.
    weight, loss_weight: of this loss in the objective; its value has the former alone.
    weights: w, of the classes: none (1 each), one number per class, an array per location and class (the shape of one
    sample's prediction), or one with the batch.
    normalize: "local" makes w average 1 over the classes at each location, "global" over each sample, "no" keeps it.
    ignore_label: locations with this label, say 255, have no loss and no gradient.
    normalization: what the sum over the locations is divided by, as in Caffe: "valid", the M locations that are not
    ignored (1 if there is none); "full", all of them; "batch", the product of the axes before `axis`, which is the
    number of samples where axis=1; "none", 1. The statistic is the mean since the last reset over as many items.

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
        total = cross_entropy(xp, x, self.target(xp, x, label), self.axis)
        return self.averaged(xp, total, x, label)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        x, label = v.xs
        dx = cross_entropy_gradient(xp, x, self.target(xp, x, label), self.axis)
        return Grads(xs=(self.rate(xp, x, label) * dx, None))

    def for_prediction(self) -> Layer:
        probability = f"{self.name}/prob"
        return SoftmaxLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), axis=self.axis)
