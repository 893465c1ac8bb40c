"""An HDF5 file with one dataset per top, checked when it is opened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..blob import Shape
from ..errors import DataError

CHUNK_CACHE = 128 << 20
CHUNK_SLOTS = 10007
"""Bytes and hash slots per dataset: HDF5's own 8 MiB make random rows of compressed chunks hundreds of times slower."""


class HDF5File:
    """One open HDF5 file whose datasets have been checked; `fault` makes errors that name the layer and the file.

    length: how many samples it holds.   sample_bytes: what one takes in memory, in the file's own types.
    """

    def __init__(self, label: str, path: Path, names: Sequence[str], chunk_cache: int = CHUNK_CACHE) -> None:
        import h5py

        self.label, self.path = label, path
        try:
            self._file = h5py.File(path, "r", rdcc_nbytes=chunk_cache, rdcc_nslots=CHUNK_SLOTS)
        except OSError as error:
            raise self.fault(f"cannot be read as HDF5: {error}") from error
        try:
            self.datasets = {name: self._dataset(name) for name in names}
            self.length = self._common_length()
            self._samples = tuple(tuple(found.shape[1:]) for found in self.datasets.values())
            self.sample_bytes = sum(f.dtype.itemsize * math.prod(f.shape[1:]) for f in self.datasets.values())
        except DataError:
            self.close()
            raise

    def sample_shapes(self) -> tuple[Shape, ...]:
        """The shape of one sample of each dataset; known after closing, too."""
        return self._samples

    def close(self) -> None:
        self._file.close()

    def fault(self, text: str) -> DataError:
        return DataError(f"{self.label}: {self.path} {text}")

    def _dataset(self, name: str) -> Any:
        import h5py

        found = self._file.get(name)
        if not isinstance(found, h5py.Dataset):
            held = ", ".join(self._file) or "nothing"
            raise self.fault(
                f"has no dataset {name!r}; it holds: {held}. The layer's tops name the datasets: tops=[...]"
            )
        if found.dtype.kind not in "iuf":
            raise self.fault(
                f"dataset {name!r} is of type {found.dtype}; integers or floats are needed (class labels are numbers "
                f"from 0)"
            )
        if not found.shape:
            raise self.fault(f"dataset {name!r} is a single value; samples along its first axis are needed")
        return found

    def _common_length(self) -> int:
        lengths = {name: int(found.shape[0]) for name, found in self.datasets.items()}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
            raise self.fault(f"has datasets of unequal lengths: {said} samples; each sample needs a row in each")
        length = min(lengths.values())
        if length == 0:
            raise self.fault("holds no samples; take it off the list")
        return length
