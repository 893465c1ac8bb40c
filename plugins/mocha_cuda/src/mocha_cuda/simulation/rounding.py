"""Operands of matrix products as tensor cores read them: float32 with fewer bits in the fraction."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..device.device import Math

DROPPED: dict[str, int] = {"float32": 0, "tf32": 13, "bf16": 16}
"""Bits of a float32's 23 that are not kept."""


def rounded(values: np.ndarray[Any, Any], math: Math) -> np.ndarray[Any, Any]:
    """The nearest numbers that have as many bits as `math` keeps; ties to even. Other types than float32 stay.

    >>> rounded(np.float32([1 + 2**-8, 1 + 2**-7]), "bf16")
    array([1.       , 1.0078125], dtype=float32)
    """
    dropped = DROPPED[math]
    if not dropped or values.dtype != np.float32:
        return values
    bits = np.ascontiguousarray(values).view(np.uint32)
    kept = (bits >> dropped) & 1
    up = bits + np.uint32((1 << (dropped - 1)) - 1) + kept
    near = (up >> dropped << dropped).view(np.float32)
    return np.where(np.isfinite(values), near, values)
