"""Raw memory for arrays: aligned, and in huge pages where the system has them."""

from __future__ import annotations

import mmap
import sys
from typing import Any

import numpy as np

from mocha_core.memory import ALIGN

MAPPED = 1 << 20
"""From how many bytes on memory is mapped for itself instead of taken from the heap."""

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def aligned_bytes(count: int) -> Bytes:
    """`count` bytes whose address is a multiple of a cache line; given back when no array shows them any more."""
    if count >= MAPPED:
        return np.frombuffer(_mapped(count), np.uint8)
    raw = np.empty(count + ALIGN, np.uint8)
    start = -raw.ctypes.data % ALIGN
    return raw[start : start + count]


def _mapped(count: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, count)
    memory = mmap.mmap(-1, count, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if sys.platform == "linux":
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
