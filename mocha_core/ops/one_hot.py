"""One-hot codes."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def one_hot(xp: Any, labels: Array, classes: int, axis: int) -> Array:
    """1 where the position along `axis` is the (rounded) label, else 0; same element type as `labels`.

    labels: class numbers counted from 0, stored as floats, with size 1 along `axis`; the result has size `classes`
    there. A label outside 0 ... classes-1 (or NaN) gives zeros only.

    >>> import numpy as np
    >>> one_hot(np, np.array([[2.0], [0.0]]), 3, axis=1)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    line = [classes if a == axis % labels.ndim else 1 for a in range(labels.ndim)]
    numbers = xp.reshape(xp.arange(classes, dtype=labels.dtype), tuple(line))
    return xp.astype(numbers == xp.round(labels), labels.dtype)
