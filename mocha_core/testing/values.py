"""Numbers to test with: no ties, no zero, nothing that rounding or a small step could turn into a tie."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..blob import Shape

Host = np.ndarray[Any, np.dtype[np.float64]]


def grid(shape: Shape, seed: int = 0) -> Host:
    """Distinct numbers within (-1, 1), none zero, all absolute values distinct, in random order.

    They are (k + f) / 2^m for whole k and random f in 0.27 ... 0.45, rounded to float32, so every element type holds
    them exactly, but not their products. Neighbours lie at least 0.8 / 2^m apart: much more than the step of a
    numerical difference, so that no maximum changes its place, and no kink at 0 or 1/2 is crossed.

    >>> grid((2, 2)).round(1).tolist()
    [[-0.3, 0.1], [-0.8, 0.6]]
    """
    count = math.prod(shape)
    spacing = 2.0 ** -max(0, math.ceil(math.log2(max(count, 2))) - 1)
    random = np.random.default_rng(seed)
    ordered = (np.arange(count) - count // 2 + random.uniform(0.27, 0.45, count)) * spacing
    return random.permutation(ordered).astype(np.float32).astype(np.float64).reshape(shape)


def positive(shape: Shape, seed: int = 0) -> Host:
    """Distinct numbers within (1, 3), in random order: for denominators, bases of powers and variances.

    >>> bool((positive((2, 3)) > 1).all())
    True
    """
    return (grid(shape, seed) + 2).astype(np.float32).astype(np.float64)


def unit(shape: Shape, seed: int = 0) -> Host:
    """Distinct numbers within (0.1, 0.9), in random order: for probabilities.

    >>> bool((abs(unit((2, 3)) - 0.5) < 0.4).all())
    True
    """
    return (0.4 * grid(shape, seed) + 0.5).astype(np.float32).astype(np.float64)


def labels(shape: Shape, classes: int, seed: int = 0) -> Host:
    """Class numbers 0 ... classes-1, stored as floats.

    >>> sorted(labels((3, 1), 3).ravel().tolist())
    [0.0, 1.0, 2.0]
    """
    every = np.arange(math.prod(shape)) % classes
    return np.random.default_rng(seed).permutation(every.astype(np.float64)).reshape(shape)
