"""What the machine can do, measured on the spot: floating-point operations and bytes a second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate

from ..backend import Backend
from ..blob import Array, BlobSpec

MIB = 2**20
PRODUCT = 2048
"""Side of the matrices whose product shows the peak."""

COPIES = (MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB)
"""Bytes that the measured copies move, read and written together: from what caches hold to what only memory does."""


@dataclass(frozen=True, slots=True)
class Machine:
    """peak: FLOP a second.   bandwidths: pairs (bytes moved, bytes a second), from small to large.

    >>> machine = Machine(500e9, ((2**20, 200e9), (2**28, 40e9)))
    >>> machine.bandwidth(1000), machine.bandwidth(2**24)
    (200000000000.0, 40000000000.0)
    """

    peak: float
    bandwidths: tuple[tuple[int, float], ...]

    def bandwidth(self, nbytes: int) -> float:
        """Bytes a second when so many are moved: those of the next larger copy that was measured."""
        return next((rate for moved, rate in self.bandwidths if moved >= nbytes), self.bandwidths[-1][1])

    def describe(self) -> str:
        """One line."""
        copies = ", ".join(f"{rate / 1e9:.0f} at {moved / MIB:.0f} MiB" for moved, rate in self.bandwidths)
        return f"peak {self.peak / 1e9:.0f} GFLOP/s; copies move {copies} (GB/s)"


def measure_machine(backend: Backend, peak: float = 0.0, bandwidth: float = 0.0) -> Machine:
    """What is given, in FLOP and bytes a second, and measurements of the rest; takes about a second."""
    if bandwidth:
        return Machine(peak or measured_peak(backend), ((MIB, bandwidth),))
    return Machine(peak or measured_peak(backend), measured_bandwidths(backend))


def measured_peak(backend: Backend, side: int = PRODUCT, repeats: int = 5) -> float:
    """The best of some products of two matrices (side, side), by the backend's array namespace."""
    a, b = (_zeros(backend, side, side) for _ in range(2))
    return 2 * side**3 / min(_seconds(backend, lambda: a @ b) for _ in range(repeats))


def measured_bandwidths(backend: Backend, copies: tuple[int, ...] = COPIES) -> tuple[tuple[int, float], ...]:
    """For each size the best of some copies, one thread a processor; a larger copy is never the faster one."""
    rates = [measured_bandwidth(backend, moved) for moved in copies]
    falling = list(accumulate(reversed(rates), max))
    return tuple(zip(copies, reversed(falling), strict=True))


def measured_bandwidth(backend: Backend, moved: int, repeats: int = 3, seconds: float = 0.01) -> float:
    """Bytes a second, read and written, of threads that copy `moved` bytes together, again and again."""
    threads = os.cpu_count() or 1
    length = max(moved // 8 // threads, 1)
    sources, targets = (_zeros(backend, threads, length) for _ in range(2))

    def copy(thread: int) -> float:
        source, target = sources[thread, :], targets[thread, :]
        rounds, start = 0, time.perf_counter()
        while (taken := time.perf_counter() - start) < seconds or not rounds:
            _seconds(backend, lambda: backend.assign(target, source))
            rounds += 1
        return 8 * length * rounds / taken

    with ThreadPoolExecutor(threads) as pool:
        return max(sum(pool.map(copy, range(threads))) for _ in range(repeats))


def _zeros(backend: Backend, *shape: int) -> Array:
    array = backend.empty(BlobSpec(shape))
    backend.zero(array)
    return array


def _seconds(backend: Backend, call: Callable[[], object]) -> float:
    backend.sync()
    start = time.perf_counter()
    call()
    backend.sync()
    return time.perf_counter() - start
