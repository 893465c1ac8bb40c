"""The NumPy backend: one arena per net, kernels that write in place, matrix products by NumPy's BLAS."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mocha_core.backend import Backend
from mocha_core.blob import Array, Blob, BlobSpec
from mocha_core.memory import Arena, Slot, plan_arena
from mocha_core.random import Stream

from .memory import Bytes, aligned_bytes

PLANS = 16
"""So many plans are kept: a program that is given images of ever other sizes builds nets without end."""


class CpuBackend(Backend):
    """Runs nets on the processor with NumPy.

    plans: of the last nets built, how their arenas were laid out: `nbytes` as planned, `unshared` if no two blobs
    shared memory, `bound` what no plan can beat.

    >>> with CpuBackend(seed=7) as backend:
    ...     backend
    CpuBackend(seed=7)
    """

    name: ClassVar[str] = "cpu"
    priority: ClassVar[int] = 10

    def __init__(self, *, seed: int = 0, prefer: Sequence[str] = ()) -> None:
        self.plans: deque[Arena] = deque(maxlen=PLANS)
        super().__init__(seed=seed, prefer=prefer)

    @property
    def xp(self) -> Any:
        return np

    def empty(self, spec: BlobSpec) -> Array:
        return _shown(aligned_bytes(spec.nbytes), spec)

    def allocate(self, slots: Sequence[Slot]) -> list[Array]:
        """Views of one arena, in which blobs that are never needed at the same time lie on the same bytes."""
        arena = plan_arena(slots)
        self.plans.append(arena)
        memory = aligned_bytes(arena.nbytes)
        return [_shown(memory[start:], slot.spec) for start, slot in zip(arena.offsets, slots, strict=True)]

    def planned_bytes(self, slots: Sequence[Slot]) -> int:
        return plan_arena(slots).nbytes

    def assign(self, target: Array, source: Array) -> None:
        np.copyto(target, source)

    def add(self, target: Array, source: Array) -> None:
        np.add(target, source, out=target)

    def zero(self, target: Array) -> None:
        target.fill(0)

    def write(self, target: Array, source: np.ndarray[Any, Any]) -> None:
        np.copyto(target, source)

    def scalar(self, source: Array) -> float:
        return float(source.item())

    def draw(self, stream: Stream, blob: Blob) -> None:
        stream.fill_uniform(blob.array)


def _shown(memory: Bytes, spec: BlobSpec) -> Array:
    return memory[: spec.nbytes].view(spec.dtype).reshape(spec.shape)
