"""Softmax followed by the cross-entropy with labels that are distributions."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan
from ..specs import spec
from .cross_entropy import cross_entropy, cross_entropy_gradient
from .labels import label_shape
from .losses import LossLayer
from .softmax import SoftmaxLayer
from .wiring import resolve_class_axis


@spec(kw_only=True)
class SoftlabelSoftmaxLossLayer(LossLayer):
    """loss = weight/M * sum -t log max(p, 1e-20), with p = softmax(prediction) and the label t at each of M locations.

    bottoms: prediction `(num, ..., classes, ...)`, and label: a distribution over the classes for each location, in the
    shape of the prediction. The gradient by the prediction is weight/M * (s p - t), where s, the sum of t over the
    classes, is 1 for a distribution; the label has none. Statistics: `<name>-softlabel-softmax-loss`, the mean over all
    locations.

    axis: of the classes, as NumPy counts.
    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = SoftlabelSoftmaxLossLayer(bottoms=["ip2", "soft"])
    >>> print(f"{layer.forward(np, Values(xs=(np.log([[1.0, 3.0]]), np.array([[0.5, 0.5]]))))[0]:.4f}")
    0.8370
    """

    name: str = "softlabel-softmax-loss"
    axis: int = 1

    statistic: ClassVar[str] = "softlabel-softmax-loss"

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        if label.shape != prediction.shape:
            raise self.misfit(
                f"a prediction of {prediction} needs a label of the same shape, got {label}{_hint(label)}"
            )
        count = math.prod(label_shape(prediction.shape, axis))
        return Plan(tops=(prediction.with_shape(),), saves=frozenset({"xs"}), constants=(1,), items=count)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, t = v.xs
        return (self._rate(x) * cross_entropy(xp, x, t, self.axis),)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        x, t = v.xs
        rate = self.loss_weight * self._rate(x)
        return Grads(xs=(rate * cross_entropy_gradient(xp, x, t, self.axis), None))

    def _rate(self, x: Array) -> float:
        return self.weight / math.prod(label_shape(x.shape, self.axis))

    def for_prediction(self) -> Layer:
        probability = f"{self.name}/prob"
        return SoftmaxLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), axis=self.axis)


def _hint(label: BlobSpec) -> str:
    single = label.size == math.prod(label.shape[:1])
    return "; for labels that are class numbers use SoftmaxLossLayer" if single else ""
