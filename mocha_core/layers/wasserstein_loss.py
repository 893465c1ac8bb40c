"""The Wasserstein loss."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..ops.sinkhorn import sinkhorn
from ..option_types import numbers_of
from ..plan import Plan
from ..specs import spec
from .losses import FLOOR, LossLayer


@spec(kw_only=True)
class WassersteinLossLayer(LossLayer):
    """loss = weight/N * sum P_ij M_ij, the cost of moving the masses a of a prediction to the masses b of its label.

    P_ij = u_i K_ij v_j with K = exp(-lambda_ M) is found by Sinkhorn's iteration, u = a / (K v) and v = b / (K^T u) in
    turn, here on the logarithms of u and v, so that nothing overflows or vanishes for any `lambda_`. Masses are taken
    as at least 1e-20. Source: Frogner et al., "Learning with a Wasserstein Loss", 2015.

    bottoms: prediction and label, `(num, ...)`, masses that are not negative and best sum to 1 for each sample, such as
    the tops of a softmax. Needs arrays of num * features * label features elements. Statistics:
    `<name>-wasserstein-loss`, the mean per sample.

    The gradient is weight/N * log(u)/lambda_ by the prediction (none by the label): that of the cost less the entropy
    of P over lambda_, not of the cost alone. It is known only up to a constant for each sample, which a softmax below
    cancels; `centered` subtracts its mean over the features, as in the source, so that a step keeps the mass.

    M: the ground cost, an array (features of the prediction, features of the label).
    lambda_: more than 0; the larger, the nearer to the exact distance, and the more iterations it takes.
    sinkhorn_iter: number of iterations, at least 1.
    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> from mocha_core import Values
    >>> layer = WassersteinLossLayer(bottoms=["prob", "soft"], M=[[0, 1], [1, 0]], lambda_=1.0)
    >>> blobs = Values(xs=(np.array([[0.7, 0.3]]), np.array([[0.4, 0.6]])), wants=(True, False))
    >>> print(f"{layer.forward(np, blobs)[0]:.8f}", layer.backward(np, blobs).xs[0].round(8))
    0.37596412 [[-0.18914802 -1.44372786]]
    """

    name: str = "wasserstein-loss"
    M: Any
    lambda_: float
    sinkhorn_iter: int = 50
    centered: bool = False

    statistic: ClassVar[str] = "wasserstein-loss"

    def check_options(self) -> None:
        LossLayer.check_options(self)
        if self.lambda_ <= 0:
            raise self.refuse(f"lambda_={self.lambda_} must be more than 0")
        if self.sinkhorn_iter < 1:
            raise self.refuse(f"sinkhorn_iter={self.sinkhorn_iter} must be at least 1")
        self._put("M", self._frozen_cost())

    def _frozen_cost(self) -> tuple[tuple[float, ...], ...]:
        try:
            cost = numbers_of(self.M).astype(np.float64)
        except TypeError:
            cost = np.empty(0)
        if cost.ndim != 2:
            raise self.refuse("M is a matrix of finite numbers, (features of the prediction, features of the label)")
        return tuple(map(tuple, cost.tolist()))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        given, nums = np.shape(self.M), [blob.shape[:1] for blob in bottoms]
        features = tuple(math.prod(blob.shape[1:]) for blob in bottoms)
        if given != features or nums[0] != nums[1]:
            raise self.misfit(
                f"M of {given} does not fit a prediction of {prediction} and a label of {label}; it must have "
                f"{features[0]} rows and {features[1]} columns, and both the same number of samples"
            )
        return Plan(tops=(prediction.with_shape(),), saves=frozenset({"xs"}), constants=(1,), items=math.prod(nums[0]))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        cost = self._cost(xp, v)
        log_u, log_v = self._scalings(xp, v, cost)
        moved = xp.exp(log_u[:, :, None] - self.lambda_ * cost + log_v[:, None, :])
        return (self.weight / log_u.shape[0] * xp.sum(moved * cost),)

    def backward(self, xp: Any, v: Values) -> Grads:
        if not v.wants[0]:
            return Grads(xs=(None, None))
        log_u, _ = self._scalings(xp, v, self._cost(xp, v))
        if self.centered:
            log_u = log_u - xp.mean(log_u, axis=1, keepdims=True)
        rate = self.loss_weight * self.weight / (self.lambda_ * log_u.shape[0])
        return Grads(xs=(xp.reshape(rate * log_u, v.xs[0].shape), None))

    def _cost(self, xp: Any, v: Values) -> Array:
        return xp.asarray(np.asarray(self.M), dtype=v.xs[0].dtype)

    def _scalings(self, xp: Any, v: Values, cost: Array) -> tuple[Array, Array]:
        log_a, log_b = (_logarithm(xp, x) for x in v.xs)
        return sinkhorn(xp, log_a, log_b, -self.lambda_ * cost, self.sinkhorn_iter)


def _logarithm(xp: Any, x: Array) -> Array:
    """Of the masses, one row a sample."""
    return xp.log(xp.maximum(xp.reshape(x, (x.shape[0], -1)), xp.asarray(FLOOR, dtype=x.dtype)))
