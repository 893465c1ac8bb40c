"""The cross-entropy of two classes."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array
from ..layer import Layer
from ..neurons import Sigmoid
from ..ops.sigmoid import sigmoid
from ..specs import spec
from .losses import FLOOR
from .neuron import NeuronLayer
from .pair_loss import PairLoss


@spec(kw_only=True)
class BinaryCrossEntropyLossLayer(PairLoss):
    """loss = -weight/N * sum y log p + (1 - y) log(1 - p), for probabilities p and labels y between 0 and 1.

    bottoms: prediction and label, with the same number of elements; their shapes may differ. p and 1 - p are taken as
    at least 1e-20, in the value and in the gradients, weight/N * ((1 - y)/(1 - p) - y/p) by the prediction and
    weight/N * log((1 - p)/p) by the label; so all are finite for p = 0 and p = 1. Statistics:
    `<name>-binary-cross-entropy-loss`, the mean per sample.

    from_logits: the prediction is x with p = 1/(1 + exp(-x)). Then the gradient by it is weight/N * (p - y), for any x
    without loss of precision; better than a sigmoid before this layer. This is Caffe's SigmoidCrossEntropyLoss.
    weight: of this loss in the objective.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = BinaryCrossEntropyLossLayer(bottoms=["p", "y"])
    >>> blobs = Values(xs=(np.array([[0.75]]), np.array([[1.0]])), wants=(True, False))
    >>> print(f"{layer.forward(np, blobs)[0]:.4f}", layer.backward(np, blobs).xs[0].round(4))
    0.2877 [[-1.3333]]
    """

    name: str = "binary-cross-entropy-loss"
    from_logits: bool = False

    statistic: ClassVar[str] = "binary-cross-entropy-loss"

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return xp.maximum(x, xp.zeros_like(x)) - x * y + xp.log1p(xp.exp(-xp.abs(x)))
        log_p, log_q = _logarithms(xp, x)
        return -(y * log_p + (1 - y) * log_q)

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return sigmoid(xp, x) - y
        return (1 - y) / xp.clip(1 - x, FLOOR, 1.0) - y / xp.clip(x, FLOOR, 1.0)

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return -x
        log_p, log_q = _logarithms(xp, x)
        return log_q - log_p

    def for_prediction(self) -> Layer | None:
        if not self.from_logits:
            return None
        probability = f"{self.name}/prob"
        return NeuronLayer(name=probability, bottoms=self.bottoms[:1], tops=(probability,), neuron=Sigmoid())


def _logarithms(xp: Any, x: Array) -> tuple[Array, Array]:
    """log p and log(1 - p), of p and 1 - p not below the floor; precise at both ends."""
    p = xp.clip(x, FLOOR, 1.0)
    sure = p >= 1
    log_q = xp.log1p(-xp.where(sure, xp.zeros_like(p), p))
    return xp.log(p), xp.where(sure, xp.full_like(p, math.log(FLOOR)), log_q)
