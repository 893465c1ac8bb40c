"""Blobs seen as (before, along, after): sums and products along some neighbouring axes at once."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.blob import Array
from mocha_core.layers.placing import Place

from ..chunks import images

CACHE = 1 << 18
"""Bytes of a blob that are worked on at once."""


def middle(array: Array, place: Place) -> Array:
    """A contiguous blob as (before, along, after)."""
    along = math.prod(place.small)
    return array.reshape(math.prod(place.shape[: place.first]), along, -1)


def sum_into(x: Array, out: Array) -> None:
    """The sum of each place along."""
    np.sum(x, axis=(0, 2), out=out)


def dot_into(a: Array, b: Array, out: Array) -> None:
    """The sum of a * b of each place along."""
    np.einsum("nks,nks->k", a, b, out=out)


def at_once(place: Place, dtype: str) -> int:
    """How many of `before` fit the cache."""
    before = math.prod(place.shape[: place.first])
    return images(before, math.prod(place.shape[place.first :]) * np.dtype(dtype).itemsize, CACHE)
