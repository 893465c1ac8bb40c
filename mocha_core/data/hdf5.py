"""Batches from HDF5 files that a list file names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .copying import Rows
from .hdf5_file import HDF5File
from .listed_files import ListedFiles
from .rounds import Part, RoundSource, Shuffle
from .source import HostArray


class FilePart(Part):
    """An open file, as a part of the data set."""

    def __init__(self, file: HDF5File, batch_size: int) -> None:
        self._file, self.length = file, file.length
        self._readers = [_reader(file.path, found, batch_size) for found in file.datasets.values()]

    def copy(self, at: int, out: tuple[HostArray, ...]) -> None:
        for reader, target in zip(self._readers, out, strict=True):
            reader.copy(at, target)

    def pick(self, rows: HostArray, out: tuple[HostArray, ...]) -> None:
        for reader, target in zip(self._readers, out, strict=True):
            reader.pick(rows, target)

    def close(self) -> None:
        self._readers = []
        self._file.close()


class ChunkedRows:
    """Samples of a dataset that is chunked, compressed or otherwise not plain bytes in the file."""

    def __init__(self, found: Any) -> None:
        self._dataset = found

    def copy(self, at: int, out: HostArray) -> None:
        self._dataset.read_direct(out, np.s_[at : at + len(out)])

    def pick(self, rows: HostArray, out: HostArray) -> None:
        """In ascending order, so that a chunk is unpacked once for all of its rows."""
        for place in np.argsort(rows):
            row = int(rows[place])
            self._dataset.read_direct(out, np.s_[row : row + 1], np.s_[place : place + 1])


def _reader(path: Path, found: Any, batch_size: int) -> Rows | ChunkedRows:
    offset = None if found.external or found.is_virtual else found.id.get_offset()
    if found.chunks is not None or offset is None:
        return ChunkedRows(found)
    mapped = np.memmap(path, found.dtype, "r", offset, found.shape)
    return Rows(np.asarray(mapped), batch_size)


class HDF5Source(RoundSource):
    """Reads the files in turn; one is open at a time."""

    def __init__(self, files: ListedFiles, batch_size: int, shuffle: Shuffle | None) -> None:
        self._files, self._batch_size = files, batch_size
        shapes = [(batch_size, *sample) for sample in files.samples]
        RoundSource.__init__(self, files.label, shapes, len(files.paths), shuffle)

    def open_part(self, number: int) -> Part:
        return FilePart(self._files.open(number), self._batch_size)
