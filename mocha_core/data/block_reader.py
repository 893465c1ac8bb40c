"""Reading blocks of HDF5 files into memory that is used again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any

import numpy as np

from ..blob import Shape
from ..errors import DataError
from .blocks import Block
from .hdf5_file import HDF5File
from .listed_files import ListedFiles
from .source import HostArray

PIECE = 4 << 20
"""Bytes read at a time: between two pieces the reader can be stopped."""


class Buffer:
    """Memory for one dataset of one block after another; it grows to the largest."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def shaped(self, shape: Shape, dtype: np.dtype[Any]) -> HostArray:
        """An array on this memory; what it holds is not defined."""
        nbytes = math.prod(shape) * dtype.itemsize
        if nbytes > self._bytes.nbytes:
            self._bytes = np.empty(0, np.uint8)
            self._bytes = np.empty(nbytes, np.uint8)
        return self._bytes[:nbytes].view(dtype).reshape(shape)


class BlockReader:
    """Reads blocks one after another, from any one thread at a time; it keeps one file open."""

    def __init__(self, files: ListedFiles, lengths: Sequence[int]) -> None:
        self._files, self._lengths = files, tuple(lengths)
        self._file: HDF5File | None = None
        self._number = -1
        self._stop = Event()

    def read(self, block: Block, buffers: Sequence[Buffer]) -> tuple[HostArray, ...]:
        """One array per dataset, in the file's own type, on the memory of its buffer."""
        found = self._open(block.file).datasets.values()
        return tuple(self._rows(dataset, block, buffer) for dataset, buffer in zip(found, buffers, strict=True))

    def stop(self) -> None:
        """Give up the read that another thread is in, and all later ones."""
        self._stop.set()

    def close(self) -> None:
        """Close the file. Calling it twice is fine."""
        if self._file is not None:
            self._file.close()
        self._file, self._number = None, -1

    def _open(self, number: int) -> HDF5File:
        if self._file is None or number != self._number:
            self.close()
            self._file, self._number = self._checked(number), number
        return self._file

    def _checked(self, number: int) -> HDF5File:
        file = self._files.open(number, chunk_cache=0)
        if file.length != self._lengths[number]:
            file.close()
            raise file.fault(
                f"holds {file.length} samples, {self._lengths[number]} when the net was built; leave files alone while "
                f"they are read"
            )
        return file

    def _rows(self, dataset: Any, block: Block, buffer: Buffer) -> HostArray:
        out = buffer.shaped((block.stop - block.start, *dataset.shape[1:]), dataset.dtype)
        for start, stop in pieces(block.start, block.stop, _rows_at_a_time(dataset)):
            if self._stop.is_set():
                raise DataError("the data source is closed; build the net again to read on")
            dataset.read_direct(out, np.s_[start:stop], np.s_[start - block.start : stop - block.start])
        return out


def pieces(start: int, stop: int, step: int) -> Iterator[tuple[int, int]]:
    """From `start` to `stop`, cut at the multiples of `step`.

    >>> list(pieces(3, 9, 4))
    [(3, 4), (4, 8), (8, 9)]
    """
    while start < stop:
        end = min(stop, (start // step + 1) * step)
        yield start, end
        start = end


def _rows_at_a_time(dataset: Any) -> int:
    """About PIECE bytes; whole chunks of the file, so that none is unpacked twice."""
    rows: int = max(1, PIECE // max(1, math.prod(dataset.shape[1:]) * dataset.dtype.itemsize))
    chunk: int = dataset.chunks[0] if dataset.chunks else 1
    return max(1, rows // chunk) * chunk
