"""The softmax and its logarithm, along one axis, without overflow."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def softmax(xp: Any, x: Array, axis: int) -> Array:
    """exp(x) / sum exp(x) along `axis`.

    >>> import numpy as np
    >>> softmax(np, np.array([[1000.0, 1000.0]]), axis=1)
    array([[0.5, 0.5]])
    """
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


@op
def log_softmax(xp: Any, x: Array, axis: int) -> Array:
    """x - log sum exp(x) along `axis`; exact also where the softmax itself rounds to 0.

    >>> import numpy as np
    >>> log_softmax(np, np.array([[1000.0, 0.0]]), axis=1)
    array([[    0., -1000.]])
    """
    z = x - xp.max(x, axis=axis, keepdims=True)
    return z - xp.log(xp.sum(xp.exp(z), axis=axis, keepdims=True))


@op
def log_sum_exp(xp: Any, x: Array, axis: int) -> Array:
    """log sum exp(x) along `axis`, which is gone in the result; without overflow.

    >>> import numpy as np
    >>> log_sum_exp(np, np.array([[1000.0, 1000.0]]), axis=1)
    array([1000.69314718])
    """
    highest = xp.max(x, axis=axis, keepdims=True)
    return xp.squeeze(highest, axis=axis) + xp.log(xp.sum(xp.exp(x - highest), axis=axis))
