"""The HDF5 files of one data layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..blob import Shape
from .hdf5_file import CHUNK_CACHE, HDF5File


@dataclass(frozen=True)
class ListedFiles:
    """Files that hold one dataset per name, all with samples of the shapes in the first one.

    label: what errors call the data, e.g. "layer 'train-data' (HDF5DataLayer), list train.txt".
    """

    label: str
    paths: tuple[Path, ...]
    names: Sequence[str]

    @cached_property
    def samples(self) -> tuple[Shape, ...]:
        """The shape of one sample of each dataset."""
        file = HDF5File(self.label, self.paths[0], self.names)
        file.close()
        return file.sample_shapes()

    def open(self, number: int, chunk_cache: int = CHUNK_CACHE) -> HDF5File:
        """File `number`, checked; the caller closes it. `DataError` if its samples have other shapes."""
        file = HDF5File(self.label, self.paths[number], self.names, chunk_cache)
        for name, shape, expected in zip(self.names, file.sample_shapes(), self.samples, strict=True):
            if shape != expected:
                file.close()
                raise file.fault(
                    f"dataset {name!r} holds samples of shape {shape}, {self.paths[0]} of {expected}; all files of a "
                    f"list need samples of one shape"
                )
        return file

    def checked(self) -> Iterator[HDF5File]:
        """Every file, opened, checked and closed again: its lengths and sizes can still be read."""
        for number in range(len(self.paths)):
            file = self.open(number)
            file.close()
            yield file
