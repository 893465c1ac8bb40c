"""Output layers to check: what they are given must be what the net computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..backend import Backend
from ..blob import DTYPES
from ..layer import Layer
from ..layers import HDF5OutputLayer, MemoryDataLayer, MemoryOutputLayer
from ..net import Net
from .failure import CheckFailure
from .sources import BATCH, DATA, SAMPLES

Host = np.ndarray[Any, np.dtype[Any]]
FORWARDS = 3


@dataclass(frozen=True)
class CollectorTrial:
    """make: a layer named "out" for all tops of the data.   read: what it was given at each, once the net is closed."""

    layer: type[Layer]
    make: Callable[[Path], Layer]
    read: Callable[[Net, Path], list[Host]]

    def __str__(self) -> str:
        return self.layer.__name__

    def run(self, folder: Path, backend: Backend) -> None:
        """Raises `CheckFailure` unless several batches arrive whole, in order, and in the net's element type."""
        for dtype in DTYPES:
            data = MemoryDataLayer(data=list(DATA.values()), batch_size=BATCH)
            with Net("collected", backend, [data, self.make(folder)], dtype=dtype) as net:
                for _ in range(FORWARDS):
                    net.run_forward()
            rows = np.arange(FORWARDS * BATCH) % SAMPLES
            for given, array in zip(self.read(net, folder), DATA.values(), strict=True):
                if not np.array_equal(given, array[rows].astype(dtype)) or given.dtype != dtype:
                    raise CheckFailure(f"{self} on {backend.name}: was given {given.tolist()}")


def _hdf5(folder: Path) -> Layer:
    return HDF5OutputLayer(name="out", filename=str(folder / "out.h5"), force_overwrite=True, bottoms=list(DATA))


def _read_hdf5(net: Net, folder: Path) -> list[Host]:
    with h5py.File(folder / "out.h5") as file:
        return [file[name][()] for name in DATA]


def _memory(folder: Path) -> Layer:
    return MemoryOutputLayer(name="out", bottoms=list(DATA))


def _read_memory(net: Net, folder: Path) -> list[Host]:
    return [np.concatenate(net.outputs("out", position)) for position in range(len(DATA))]


COLLECTORS = (
    CollectorTrial(HDF5OutputLayer, _hdf5, _read_hdf5),
    CollectorTrial(MemoryOutputLayer, _memory, _read_memory),
)
