"""Random numbers: named streams of one seed, from the counter-based generator Philox 4x32-10.

A draw is a pure function of (seed, stream name, call, element), so every backend draws the same numbers and a snapshot
keeps only how often each stream was called. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC 2011; the constants are that paper's.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
MASK = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
CHUNK = 1 << 14
"""Blocks of four numbers computed at a time: the working arrays stay in the cache."""

Words = np.ndarray[Any, np.dtype[np.uint32]]
Floats = np.ndarray[Any, np.dtype[Any]]


@dataclass(slots=True)
class Stream:
    """Numbers for one purpose, e.g. `Stream(seed, "drop1", "mask")`; `calls` counts the draws made so far.

    >>> a, b = Stream(7, "drop", "mask"), Stream(7, "drop", "mask")
    >>> bool((a.uniform((2, 3)) == b.uniform((2, 3))).all())
    True
    """

    seed: int
    layer: str
    purpose: str
    calls: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """The two 32-bit words of the generator's key."""
        text = f"{self.seed}/{self.layer}/{self.purpose}".encode()
        digest = hashlib.blake2b(text, digest_size=8).digest()
        return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")

    def words(self, count: int) -> Words:
        """The next `count` 32-bit words; one call."""
        out = np.empty(count, np.uint32)
        for start, block in self._blocks(count):
            out[start : start + block.size] = block[: count - start]
        self.calls += 1
        return out

    def fill_uniform(self, out: Floats) -> None:
        """Fill the contiguous array `out` with numbers in the open interval (0, 1); one call."""
        flat = out.reshape(-1)
        for start, block in self._blocks(flat.size):
            part = flat[start : start + block.size]
            np.multiply((block[: part.size] >> np.uint32(9)) + np.float64(0.5), 2.0**-23, out=part, casting="same_kind")
        self.calls += 1

    def uniform(self, shape: tuple[int, ...], dtype: str = "float64") -> Floats:
        """Numbers in the open interval (0, 1), 23 bits each, so exact in every element type."""
        out = np.empty(shape, dtype)
        self.fill_uniform(out)
        return out

    def normal(self, shape: tuple[int, ...]) -> Floats:
        """Standard normal numbers, float64 (Box and Muller, 1958)."""
        count = math.prod(shape)
        half = (count + 1) // 2
        u = self.uniform((2, half))
        radius, angle = np.sqrt(-2.0 * np.log(u[0])), 2.0 * np.pi * u[1]
        return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count].reshape(shape)

    def permutation(self, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The numbers 0 ... count-1 in random order."""
        words = self.words(2 * count).astype(np.uint64)
        return np.argsort((words[::2] << HALF) | words[1::2], kind="stable")

    def _blocks(self, count: int) -> Any:
        total = -(-count // 4)
        for first in range(0, total, CHUNK):
            index = np.arange(first, min(first + CHUNK, total), dtype=np.uint64)
            yield 4 * first, philox(index, self.calls, self.key)


def philox(index: np.ndarray[Any, np.dtype[np.uint64]], call: int, key: tuple[int, int]) -> Words:
    """Four 32-bit words per counter (index, call), flattened: word 4*k+j belongs to index[k]."""
    c0, c1 = index & MASK, index >> HALF
    c2, c3 = np.full_like(index, call & 0xFFFFFFFF), np.full_like(index, call >> 32)
    k0, k1 = key
    for _ in range(ROUNDS):
        p0, p1 = M0 * c0, M1 * c2
        c0, c1, c2, c3 = (p1 >> HALF) ^ c1 ^ np.uint64(k0), p1 & MASK, (p0 >> HALF) ^ c3 ^ np.uint64(k1), p0 & MASK
        k0, k1 = (k0 + W0) & 0xFFFFFFFF, (k1 + W1) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32).reshape(-1)
