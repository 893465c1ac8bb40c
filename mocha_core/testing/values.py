"""Numbers to test with: mostly no ties, no zero, nothing that rounding or a small step could turn into a tie."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

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
    return _grid(shape, seed).copy()


@lru_cache(maxsize=1024)
def _grid(shape: Shape, seed: int) -> Host:
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
    return fill(shape, "positive", seed, USUAL)


def unit(shape: Shape, seed: int = 0) -> Host:
    """Distinct numbers within (0.1, 0.9), in random order: for probabilities.

    >>> bool((abs(unit((2, 3)) - 0.5) < 0.4).all())
    True
    """
    return fill(shape, "unit", seed, USUAL)


def labels(shape: Shape, classes: int, seed: int = 0) -> Host:
    """Class numbers 0 ... classes-1, stored as floats.

    >>> sorted(labels((3, 1), 3).ravel().tolist())
    [0.0, 1.0, 2.0]
    """
    every = np.arange(math.prod(shape)) % classes
    return np.random.default_rng(seed).permutation(every.astype(np.float64)).reshape(shape)


LEVELS: Host = np.array([0.0, 0.375, -0.75, 0.0, 0.75, -0.375])


def few(shape: Shape, seed: int = 0) -> Host:
    """Numbers of five levels, in random order: full of ties, and a third of them zero.

    >>> sorted(few((2, 3)).ravel().tolist())
    [-0.75, -0.375, 0.0, 0.0, 0.375, 0.75]
    """
    return np.take(LEVELS, labels(shape, len(LEVELS), seed).astype(int))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which numbers a rig puts in.

    seed: shifts the seeds of all of them, the random ones included.
    kind: of the bottoms: "usual"; "few", with ties and zeros; "large", up to 1000 times as large.
    shake: if not 0, each number is a little too large or too small; another shake decides anew which of both.
    """

    seed: int = 0
    kind: Literal["usual", "few", "large"] = "usual"
    shake: int = 0

    def shaken(self, values: Host) -> Host:
        """The numbers as they are put in; those that are equal, or but for their sign, stay so."""
        if not self.shake:
            return values
        frequency = 1e4 * math.sqrt(self.shake + 1)  # which of both is decided by the absolute value alone
        return values * np.where(np.cos(frequency * np.abs(values)) > 0, 1 + SHAKE, 1 - SHAKE)


SHAKE = 2.0**-26
"""Half the bits of float64: the change of a result is then known to 26 bits."""

USUAL, OTHER = Numbers(), Numbers(seed=100)

LARGE = 1024.0
"""Beyond what the exponential function bears in float64; a power of two, so nothing is rounded."""

RANGES: dict[str, Callable[[Host], Host]] = {
    "signed": lambda grid: grid,
    "positive": lambda grid: grid + 2,
    "unit": lambda grid: 0.4 * grid + 0.5,
}
"""By the kind of a bottom, where numbers within (-1, 1) go."""


def fill(shape: Shape, kind: str, seed: int, numbers: Numbers) -> Host:
    """Numbers for a bottom of this kind, exact in float32; probabilities are never large."""
    drawn = (few if numbers.kind == "few" else grid)(shape, seed + numbers.seed)
    values = RANGES[kind](drawn).astype(np.float32).astype(np.float64)
    return numbers.shaken(LARGE * values if numbers.kind == "large" and kind != "unit" else values)
