"""The first of several."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def first_true(xp: Any, mask: Array, axis: int) -> Array:
    """True at the first True along `axis`, False elsewhere (everywhere, if there is none).

    >>> import numpy as np
    >>> first_true(np, np.array([[False, True, True], [False, False, False]]), axis=1)
    array([[False,  True, False],
           [False, False, False]])
    """
    line = [mask.shape[a] if a == axis % mask.ndim else 1 for a in range(mask.ndim)]
    numbers = xp.reshape(xp.arange(mask.shape[axis]), tuple(line))
    first = xp.argmax(xp.astype(mask, xp.int64), axis=axis, keepdims=True)
    return mask & (numbers == first)
