"""Batches on their way to the device: on a stream of their own, into one half of a pair, while the other is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mocha_core.blob import Array, Blob
from mocha_core.steps import Feeding, HostArray

from .device.device import Argument
from .recordable import Recordable

if TYPE_CHECKING:
    from .backend import CudaBackend

TOPS = 4
"""Blobs that one launch fills."""

THREADS = 256


class StagedFeeding(Feeding, Recordable):
    """Sends each batch ahead. A launch then copies the half that a number on the device names into the blobs.

    The batch is read where the data layer's thread put it (pinned memory), so `release` waits until it has left.
    """

    def __init__(self, backend: CudaBackend, blobs: Sequence[Blob], batch: Callable[[], Sequence[HostArray]]) -> None:
        super().__init__(backend, blobs, batch)
        self.device = backend.device
        self.half = backend.scalars.take(1, "int64")
        self.halves: tuple[list[Array], list[Array]] = ([], [])
        self.sent, self.free = self.device.event(), (self.device.event(), self.device.event())
        self.turn = 0
        self._launches: list[tuple[tuple[int, int], list[Argument]]] = []

    def release(self) -> None:
        self.sent.finish()

    def prepare(self) -> None:
        self._make()
        self.free[self.turn].record()  # behind the run that read this half last
        self.turn = 1 - self.turn
        with self.device.on(self.device.copying):
            self.free[self.turn].wait()
            for half, host in zip(self.halves[self.turn], self.batch(), strict=True):
                self.device.upload_later(half, host[: half.shape[0]])
            self.sent.record()
        self.sent.wait()
        self.half.set(self.turn)

    def __call__(self) -> None:
        copy = self.device.function("feed", "copy_half")
        for grid, arguments in self._launches:
            copy(grid, THREADS, self.half.array, *arguments)

    def _make(self) -> None:
        """The halves, at the first use: a net may never be fed."""
        if not self._launches:
            self.halves = self._half(), self._half()
            rows = list(zip(*map(_words, ([blob.array for blob in self.blobs], *self.halves)), strict=True))
            self._launches = [self._launch(rows[first : first + TOPS]) for first in range(0, len(rows), TOPS)]

    def _half(self) -> list[Array]:
        return [self.device.empty(blob.shape, blob.dtype) for blob in self.blobs]

    def _launch(self, rows: Sequence[tuple[Array, ...]]) -> tuple[tuple[int, int], list[Argument]]:
        """A grid, and what `copy_half` is told of its blobs."""
        most = max(target.size for target, *_ in rows)
        blocks = max(1, min(-(-most // (4 * THREADS)), 8 * self.device.multiprocessors))
        told: list[Argument] = [each for row in rows for each in (*row, row[0].size)]
        return (blocks, len(rows)), told + [None, None, None, 0] * (TOPS - len(rows))


def _words(arrays: Sequence[Array]) -> list[Array]:
    """The same bytes, four at a time."""
    return [array.reshape(-1).view("float32") for array in arrays]
