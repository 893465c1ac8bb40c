"""Softmax followed by the multinomial logistic loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops.one_hot import one_hot
from ..ops.softmax import log_softmax, softmax
from ..plan import Plan, Traits
from ..specs import spec
from .class_weights import NORMALIZE, Weights, check_weights, class_weights, frozen_weights
from .labels import as_column, count_labels, label_shape
from .softmax import SoftmaxLayer
from .wiring import need_blobs, resolve_class_axis

FLOOR = 1e-20
"""The least probability whose logarithm is taken."""


@spec(kw_only=True)
class SoftmaxLossLayer(Layer):
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
    weights: Weights = ()
    normalize: str = "local"
    axis: int = 1
    weight: float = 1.0

    traits: ClassVar[Traits] = Traits(sink=True, loss=True, stats=True)

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=0)
        if self.normalize not in NORMALIZE:
            raise self.refuse(f"normalize={self.normalize!r} must be one of {', '.join(map(repr, NORMALIZE))}")
        if not (math.isfinite(self.weight) and self.weight >= 0):
            raise self.refuse(f"weight={self.weight} must be finite and not negative")
        self._put("weights", frozen_weights(self, self.weights))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        check_weights(self, self.weights, self.normalize, prediction, axis)
        count = count_labels(self, prediction, label, axis)
        return Plan(tops=(prediction.with_shape(),), saves=frozenset({"xs"}), constants=(1,), items=count)

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[self.axis]

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs
        target = self._target(xp, x, label)
        floor = xp.asarray(math.log(FLOOR), dtype=x.dtype)
        log_p = xp.maximum(log_softmax(xp, x, self.axis), floor)
        return (-self._rate(x) * xp.sum(target * log_p),)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        x, label = v.xs
        target = self._target(xp, x, label)
        w_y = xp.sum(target, axis=self.axis, keepdims=True)
        dx = self._rate(x) * (w_y * softmax(xp, x, self.axis) - target)
        return Grads(xs=(dx, None))

    def _target(self, xp: Any, x: Array, label: Array) -> Array:
        """w_y at the position of each label, 0 elsewhere."""
        axis = self.axis % x.ndim
        target = one_hot(xp, as_column(xp, label, x.shape, axis), x.shape[axis], axis)
        if not self.weights:
            return target
        w = class_weights(self.weights, self.normalize, x.shape, axis)
        return xp.asarray(w, dtype=x.dtype) * target

    def _rate(self, x: Array) -> float:
        return self.weight / math.prod(label_shape(x.shape, self.axis))

    def report(self, mean: float) -> Mapping[str, float]:
        return {"softmax-loss": mean}

    def show(self, mean: float, items: int) -> str:
        return f"Softmax-loss (avg over {items}) = {mean:.4f}"

    def for_prediction(self) -> Layer:
        probability = f"{self.name}/prob"
        return SoftmaxLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), axis=self.axis)
