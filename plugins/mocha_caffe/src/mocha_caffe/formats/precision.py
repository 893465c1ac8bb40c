"""Single precision, as Caffe keeps it: its value as a Python float, and its shortest spelling."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable


def as_float32(value: float) -> float:
    """The nearest float32, as a Python float; infinite where it is too large.

    >>> as_float32(0.01)
    0.009999999776482582
    >>> as_float32(1e40)
    inf
    """
    return ctypes.c_float(value).value


def short_float32(value: float) -> str:
    """The shortest decimal number that is this float32, as Caffe prints it.

    >>> short_float32(0.009999999776482582)
    '0.01'
    """
    return _shortest(value, range(6, 10), as_float32)


def short_float64(value: float) -> str:
    """The shortest decimal number that is this float64."""
    return _shortest(value, range(15, 18), float)


def _shortest(value: float, digits: range, rounded: Callable[[float], float]) -> str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    spelled = (f"{value:.{count}g}" for count in digits)
    return next((text for text in spelled if rounded(float(text)) == value), repr(value))
