"""The table that a detector gives, without its empty rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mocha_core.errors import ShapeError

NUMBERS = 7
"""In a row: image, class, score, xmin, ymin, xmax, ymax."""
NONE = -1.0
"""What rows without a box hold."""


def detections(found: Any) -> NDArray[Any]:
    """The rows of a `DetectionOutputLayer`'s top that hold a box, as an array (boxes, 7).

    >>> detections(np.array([[[[0, 15, 0.9, 0.1, 0.2, 0.5, 0.6], [-1] * 7]]])).tolist()
    [[0.0, 15.0, 0.9, 0.1, 0.2, 0.5, 0.6]]
    """
    rows = np.asarray(found)
    if rows.shape[-1:] != (NUMBERS,):
        raise ShapeError(f"detections are rows of {NUMBERS} numbers, the top of a DetectionOutput, not {rows.shape}")
    flat = rows.reshape(-1, NUMBERS)
    return flat[flat[:, 0] >= 0]
