"""The cross-entropy of two classes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ..admitted import Admitted
from ..blob import Array, BlobSpec
from ..layer import Layer
from ..neurons import Sigmoid
from ..ops.sigmoid import sigmoid
from ..plan import Plan
from ..specs import spec
from .losses import FLOOR
from .neuron import NeuronLayer
from .normalization import averaged, check_normalization, heard, normalizer, rate, varies
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
    Labels from data and inputs are checked, a `DataError` names one that is not between 0 and 1.

    any_label: take labels below 0 and above 1 as they are, as Caffe does; the formulas hold for them, but the loss may
    fall below 0 without end.
    ignore_label: elements with this label (rounded) have no loss and no gradient.
    normalization: what the sum over the elements is divided by, as in Caffe: "batch", the N samples; "full", the
    elements; "valid", those that are not ignored (1 if there is none); "none", 1. The statistic is the mean over as
    many items.
    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = BinaryCrossEntropyLossLayer(bottoms=["p", "y"])
    >>> blobs = Values(xs=(np.array([[0.75]]), np.array([[1.0]])), wants=(True, False))
    >>> print(f"{layer.forward(np, blobs)[0]:.4f}", layer.backward(np, blobs).xs[0].round(4))
    0.2877 [[-1.3333]]
    """

    name: str = "binary-cross-entropy-loss"
    from_logits: bool = False
    any_label: bool = False
    ignore_label: int | None = None
    normalization: str = "batch"

    statistic: ClassVar[str] = "binary-cross-entropy-loss"

    def check_options(self) -> None:
        PairLoss.check_options(self)
        check_normalization(self)

    @property
    def counts_items(self) -> bool:
        return varies(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan, x = PairLoss.plan(self, bottoms), bottoms[0]
        return replace(plan, tops=plan.tops * (1 + self.counts_items), items=normalizer(self, x.size, x.shape[0]))

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        told = "labels are between 0 and 1"
        admitted = Admitted(low=0, high=1, ignored=self.ignore_label, ignorable=True, told=told)
        return {} if self.any_label else {1: admitted}

    def averaged(self, xp: Any, total: Array, y: Array) -> tuple[Array, ...]:
        return averaged(xp, self, total, y, y.shape[0])

    def rate(self, xp: Any, y: Array) -> Any:
        return rate(xp, self, y, y.shape[0])

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return self._heard(xp, xp.maximum(x, xp.zeros_like(x)) - x * y + xp.log1p(xp.exp(-xp.abs(x))), y)
        log_p, log_q = _logarithms(xp, x)
        return self._heard(xp, -(y * log_p + (1 - y) * log_q), y)

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return self._heard(xp, sigmoid(xp, x) - y, y)
        return self._heard(xp, (1 - y) / xp.clip(1 - x, FLOOR, 1.0) - y / xp.clip(x, FLOOR, 1.0), y)

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        if self.from_logits:
            return self._heard(xp, -x, y)
        log_p, log_q = _logarithms(xp, x)
        return self._heard(xp, log_q - log_p, y)

    def _heard(self, xp: Any, terms: Array, y: Array) -> Array:
        return terms if self.ignore_label is None else heard(xp, y, self.ignore_label) * terms

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
