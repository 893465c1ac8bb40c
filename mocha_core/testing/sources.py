"""Data layers to check, all over the same few samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..layer import Layer
from ..layers import AsyncHDF5DataLayer, HDF5DataLayer, InputLayer, MemoryDataLayer
from .values import grid, labels

Host = np.ndarray[Any, np.dtype[Any]]
SAMPLES, BATCH = 5, 3
DATA: dict[str, Host] = {"data": grid((SAMPLES, 2, 4)), "label": labels((SAMPLES, 1), 3)}
"""Five samples, by the name of the top that they go to; they are read in batches of three."""


@dataclass(frozen=True)
class SourceFamily:
    """make: given a folder, and whether to shuffle, a layer that reads the arrays in DATA, in batches of BATCH.

    It may write files to the folder.   holds_data: False for a layer that is filled from outside.
    shuffles: False for a layer that always reads in order.
    """

    layer: type[Layer]
    make: Callable[[Path, bool], Any]
    holds_data: bool = True
    shuffles: bool = True


def _memory(folder: Path, shuffle: bool) -> MemoryDataLayer:
    return MemoryDataLayer(data=list(DATA.values()), batch_size=BATCH, shuffle=shuffle)


def _hdf5(folder: Path, shuffle: bool) -> HDF5DataLayer:
    return HDF5DataLayer(source=_listed(folder), batch_size=BATCH, shuffle=shuffle)


def _async_hdf5(folder: Path, shuffle: bool) -> AsyncHDF5DataLayer:
    return AsyncHDF5DataLayer(source=_listed(folder), batch_size=BATCH, shuffle=shuffle, chunk_size=2)


def _listed(folder: Path) -> str:
    with h5py.File(folder / "data.h5", "w") as file:
        for name, array in DATA.items():
            file[name] = array
    (folder / "list.txt").write_text(f"{folder / 'data.h5'}\n")
    return str(folder / "list.txt")


def _input(folder: Path, shuffle: bool) -> InputLayer:
    return InputLayer(tops=list(DATA), shapes=[(BATCH, *array.shape[1:]) for array in DATA.values()])


SOURCES = (
    SourceFamily(MemoryDataLayer, _memory),
    SourceFamily(HDF5DataLayer, _hdf5),
    SourceFamily(AsyncHDF5DataLayer, _async_hdf5),
    SourceFamily(InputLayer, _input, holds_data=False),
)
