"""Raw memory for arrays: aligned, and in huge pages where the system has them."""

from __future__ import annotations

import mmap
import sys
from typing import Any

import numpy as np

from mocha_core.memory import ALIGN

MAPPED = 1 << 20
"""From how many bytes on memory is mapped for itself instead of taken from the heap."""

HUGE = 1 << 21
"""Bytes of a huge page: memory that begins elsewhere gets one page less of that kind, or none."""

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def aligned_bytes(count: int) -> Bytes:
    """`count` bytes whose address is a multiple of a cache line; given back when no array shows them any more."""
    if count >= MAPPED:
        return _aligned(np.frombuffer(_mapped(count + HUGE), np.uint8), count, HUGE)
    return _aligned(np.empty(count + ALIGN, np.uint8), count, ALIGN)


def _aligned(raw: Bytes, count: int, align: int) -> Bytes:
    start = -raw.ctypes.data % align
    return raw[start : start + count]


def _mapped(count: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, count)
    memory = mmap.mmap(-1, count, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if sys.platform == "linux":
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
