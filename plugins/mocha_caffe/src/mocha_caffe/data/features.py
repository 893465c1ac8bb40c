"""What blobs hold, sample after sample, in HDF5 files and in databases that Caffe's tools read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError
from mocha_core.io.atomic import replacing

from .datum import SIDES, write_datum
from .lmdb.writer import write_database

SCRATCH = ".features.h5"


def write_hdf5(path: Path, batches: Iterable[Mapping[str, HostArray]]) -> None:
    """One data set for each name, of float32 as Caffe's features are; the file is there whole or not at all."""
    import h5py

    with replacing(path) as unfinished, h5py.File(unfinished, "w") as file:
        for batch in batches:
            for name, values in batch.items():
                _append(file, name, np.atleast_1d(values))


def write_databases(folders: Mapping[str, Path], batches: Iterable[Mapping[str, HostArray]]) -> None:
    """An LMDB of Datum records for each name, with keys of ten digits, as Caffe's extract_features makes them."""
    import h5py

    for folder in folders.values():
        if (folder / "data.mdb").exists():
            raise DataError(f"{folder} holds a database already; delete it, or choose another name")
    scratch = next(iter(folders.values())).with_suffix(SCRATCH)
    try:
        write_hdf5(scratch, batches)
        with h5py.File(scratch, "r") as file:
            for name, folder in folders.items():
                write_database(folder, _records(name, file[name]))
    finally:
        scratch.unlink(missing_ok=True)


def _append(file: Any, name: str, batch: HostArray) -> None:
    if name not in file:
        file.create_dataset(name, (0, *batch.shape[1:]), np.float32, maxshape=(None, *batch.shape[1:]))
    dataset = file[name]
    dataset.resize(len(dataset) + len(batch), axis=0)
    dataset[-len(batch) :] = batch


def _records(name: str, dataset: Any) -> Iterator[tuple[bytes, bytes]]:
    shape = _sides(name, dataset.shape[1:])
    for number in range(len(dataset)):
        yield f"{number:010}".encode(), write_datum(dataset[number].reshape(shape), 0)


def _sides(name: str, sample: Sequence[int]) -> tuple[int, ...]:
    """Channels, height and width of a sample that may have fewer axes."""
    if len(sample) > len(SIDES):
        raise DataError(f"blob {name!r} has samples of {len(sample)} axes, a Datum three; write HDF5 instead")
    return (*sample, *(1,) * (len(SIDES) - len(sample)))
