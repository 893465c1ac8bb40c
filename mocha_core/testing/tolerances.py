"""How far two right results may lie apart: derived from the arithmetic, never typed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def tolerance(dtype: str, terms: int, scale: float) -> float:
    """8 * eps(dtype) * sqrt(terms) * scale: rounding errors of a sum are a random walk of `terms` steps.

    scale: the size of the terms, or of the sum if that is larger.

    >>> tolerance("float64", 100, 1.0) == 80 * 2.0**-52
    True
    """
    return 8 * float(np.finfo(dtype).eps) * math.sqrt(terms) * scale


def size_of(array: np.ndarray[Any, Any]) -> float:
    """The largest absolute value, 0 for an empty array."""
    return float(np.abs(array).max(initial=0.0))


def difference_step() -> float:
    """The step of a central difference in float64 at which its two errors, eps/h and h^2, are equal: eps^(1/3)."""
    return float(np.cbrt(np.finfo(np.float64).eps))


def slope_tolerance(fine: float, coarse: float, terms: int, scale: float) -> float:
    """How wrong a central difference `fine`, with step h, may be; `coarse` is the one with step 2h.

    Its own error shows in what it changes when h doubles; rounding adds that of a sum of size `scale`, over h.
    """
    return 8 * abs(fine - coarse) + tolerance("float64", terms, scale) / difference_step()
