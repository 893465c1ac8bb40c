"""Batches from HDF5 files of any size: large blocks in memory, the next one read in a thread meanwhile."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ..errors import DataError
from .arrays import ArrayPart
from .block_reader import BlockReader, Buffer
from .blocks import BlockLimit, BlockShuffle, cut
from .listed_files import ListedFiles
from .rounds import Part, RoundSource
from .source import HostArray, State


@dataclass(frozen=True, slots=True)
class Ahead:
    """A block that is being read."""

    number: int
    arrays: Future[tuple[HostArray, ...]]


class AsyncHDF5Source(RoundSource):
    """Reads the files block by block; two blocks have memory: one is used, the next one read by a thread.

    limit: how large a block may be.   order: (seed, layer name) that decide a shuffled order; None: as they come.
    """

    def __init__(self, files: ListedFiles, batch_size: int, limit: BlockLimit, order: tuple[int, str] | None) -> None:
        headers = list(files.checked())
        lengths = [header.length for header in headers]
        size = limit.size(files.label, max(header.sample_bytes for header in headers))
        self._blocks, self._batch_size, self.chunk_size = cut(lengths, size), batch_size, size
        groups = tuple(-(-length // size) for length in lengths)
        shuffle = order and BlockShuffle(*order, len(self._blocks), groups)
        shapes = [(batch_size, *sample) for sample in files.samples]
        RoundSource.__init__(self, files.label, shapes, len(self._blocks), shuffle)
        self._reader = BlockReader(files, lengths)
        self._buffers = [tuple(Buffer() for _ in shapes) for _ in range(2)]
        self._free = 0
        self._ahead: Ahead | None = None
        self._pool = ThreadPoolExecutor(1, "mocha-blocks")

    def open_part(self, number: int) -> Part:
        ahead = self._read_ahead(number)
        self._ahead = None
        arrays = ahead.arrays.result()
        self._free = 1 - self._free
        return ArrayPart(arrays, self._batch_size)

    def look_ahead(self, epoch: int, turn: int) -> None:
        number = self.number_at(epoch, turn)
        if number != self._number:
            self._ahead = self._read_ahead(number)

    def state(self) -> State:
        return {**super().state(), "chunk_size": self.chunk_size}

    def restore(self, state: State) -> None:
        if state.get("chunk_size") != self.chunk_size:
            raise DataError(
                f"{self.label}: the saved position counts chunks of {state.get('chunk_size')} samples, chunk_size and "
                f"max_bytes now give {self.chunk_size}; set them as they were, or start anew with "
                f"load_solver_state=False"
            )
        super().restore(state)

    def close(self) -> None:
        super().close()
        self._reader.stop()
        self._settle()
        self._pool.shutdown()
        self._reader.close()

    def _read_ahead(self, number: int) -> Ahead:
        """Block `number`, already under way or ordered now, into the memory that is free."""
        if self._ahead is not None and self._ahead.number == number:
            return self._ahead
        self._settle()
        return Ahead(number, self._pool.submit(self._reader.read, self._blocks[number], self._buffers[self._free]))

    def _settle(self) -> None:
        if self._ahead is not None:
            wait([self._ahead.arrays])
            self._ahead = None
