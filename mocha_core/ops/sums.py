"""Moving sums along an axis."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def moving_sum(xp: Any, x: Array, axis: int, before: int, after: int) -> Array:
    """y[k] = x[k - before] + ... + x[k + after] along `axis`, with zeros beyond the ends; y has the shape of x.

    The adjoint is the moving sum with `before` and `after` exchanged.

    >>> import numpy as np
    >>> moving_sum(np, np.array([1.0, 2.0, 3.0, 4.0]), 0, before=1, after=2)
    array([ 6., 10.,  9.,  7.])
    """
    length = x.shape[axis]
    padded = xp.zeros((*x.shape[:axis], before + length + after, *x.shape[axis + 1 :]), dtype=x.dtype)
    ahead = (slice(None),) * axis
    behind = (slice(None),) * (x.ndim - axis - 1)
    padded[(*ahead, slice(before, before + length), *behind)] = x
    total = padded[(*ahead, slice(0, length), *behind)]
    for start in range(1, before + after + 1):
        total = total + padded[(*ahead, slice(start, start + length), *behind)]
    return total
