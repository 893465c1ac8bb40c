"""Sinkhorn's iteration on logarithms."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op
from .softmax import log_sum_exp


@op
def sinkhorn(xp: Any, log_a: Array, log_b: Array, log_k: Array, steps: int) -> tuple[Array, Array]:
    """log u and log v, such that u_i K_ij v_j has the row sums a and the column sums b, as nearly as `steps` allow.

    log_a: (num, rows), log_b: (num, columns), log_k: (rows, columns). u starts at 1/rows; a step is u = a / (K v) with
    v = b / (K^T u); the v that is returned belongs to the last u, so that column sums are exact.

    >>> import numpy as np
    >>> log_u, log_v = sinkhorn(np, np.log([[0.7, 0.3]]), np.log([[0.4, 0.6]]), np.array([[0.0, -1.0], [-1.0, 0.0]]), 9)
    >>> np.exp(log_u[0][:, None] + [[0, -1], [-1, 0]] + log_v[0]).sum(axis=0)
    array([0.4, 0.6])
    """
    rows = log_a.shape[1]
    log_u = xp.zeros_like(log_a) - xp.log(xp.asarray(float(rows), dtype=log_a.dtype))
    for _ in range(steps):
        log_u = log_a - log_sum_exp(xp, log_k + _column_scaling(xp, log_b, log_k, log_u)[:, None, :], axis=2)
    return log_u, _column_scaling(xp, log_b, log_k, log_u)


def _column_scaling(xp: Any, log_b: Array, log_k: Array, log_u: Array) -> Array:
    """v = b / (K^T u)."""
    return log_b - log_sum_exp(xp, log_k + log_u[:, :, None], axis=1)
