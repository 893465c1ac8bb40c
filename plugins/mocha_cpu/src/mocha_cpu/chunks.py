"""Large arrays cut into pieces that stay in the cache while several operations pass over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mocha_core.blob import Array

from .workspace import Want

ELEMENTS = 1 << 15
"""Elements of a piece: three of them, of 4 bytes, fit a second-level cache."""


def pieces(*arrays: Array) -> list[tuple[Any, ...]]:
    """Contiguous arrays of one size, as flat pieces: a tuple of corresponding views for each stretch."""
    flats = [array.reshape(-1) for array in arrays]
    return [tuple(flat[start : start + ELEMENTS] for flat in flats) for start in range(0, flats[0].size, ELEMENTS)]


def piece(dtype: str, count: int = 1) -> Want:
    """Memory for one piece, or several one after the other."""
    return Want((count * ELEMENTS,), dtype)


def images(num: int, bytes_of_one: int, limit: int) -> int:
    """How many images to treat at once so that what they need stays within `limit` bytes; at least one."""
    return max(1, min(num, limit // max(1, bytes_of_one)))


def stretches(num: int, length: int) -> Sequence[slice]:
    """0 ... num cut into slices of `length`; the last may be shorter.

    >>> stretches(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + length, num)) for start in range(0, num, length)]


def same_memory(a: Array, b: Array) -> bool:
    """Whether two arrays begin at the same byte: a copy from one to the other would do nothing."""
    return bool(a.ctypes.data == b.ctypes.data)
