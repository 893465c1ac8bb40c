"""The cross-entropy of a softmax with a target: the mathematics of several losses."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array
from ..ops.softmax import log_softmax, softmax
from .losses import FLOOR


def cross_entropy(xp: Any, x: Array, target: Array, axis: int) -> Array:
    """sum -t log max(p, 1e-20) over all elements, with p = softmax(x) along `axis`."""
    floor = xp.asarray(math.log(FLOOR), dtype=x.dtype)
    return -xp.sum(target * xp.maximum(log_softmax(xp, x, axis), floor))


def cross_entropy_gradient(xp: Any, x: Array, target: Array, axis: int) -> Array:
    """s p - t by x, where s is the sum of t along `axis`; the floor is left out, so that the gradient never ends."""
    s = xp.sum(target, axis=axis, keepdims=True)
    return s * softmax(xp, x, axis) - target
