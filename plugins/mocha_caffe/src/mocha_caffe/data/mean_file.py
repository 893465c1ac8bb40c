"""Mean images in files: .binaryproto of Caffe, .npy, or HDF5 as Mocha's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError, OptionError
from mocha_core.io.atomic import replacing

from ..formats import Kind, make_blob, read_blob, require, save_wire
from .decoding import MOST_PIXELS

SUFFIXES = (".binaryproto", ".npy", ".h5", ".hdf5")


def read_mean(path: str | Path) -> HostArray:
    """The mean as (channels, height, width), or one number for each channel (channels,)."""
    kind = require(path, Kind.BLOB, Kind.NUMPY, Kind.HDF5)
    mean = {Kind.BLOB: read_blob, Kind.NUMPY: _read_numpy, Kind.HDF5: _read_hdf5}[kind](path)
    if mean.ndim == 4 and len(mean) == 1:
        mean = mean[0]
    if mean.ndim == 3 and mean.shape[1:] == (1, 1):
        mean = mean[:, 0, 0]
    if mean.ndim not in (1, 3) or not mean.size or mean.dtype.kind not in "iuf":
        raise DataError(
            f"{path} holds numbers of shape {mean.shape} and type {mean.dtype}; a mean is (channels, height, width), "
            f"with or without a leading 1, or one number for each channel"
        )
    return mean


def write_mean(path: str | Path, mean: HostArray) -> None:
    """Write a mean image (channels, height, width), float32, whole or not at all; the suffix says in which format."""
    target = check_suffix(path)
    values = np.ascontiguousarray(mean, np.float32)
    if target.suffix == ".binaryproto":
        save_wire(make_blob(values[None], legacy=True), target)
    elif target.suffix == ".npy":
        with replacing(target) as unfinished, unfinished.open("wb") as file:
            np.save(file, values, allow_pickle=False)
    else:
        import h5py

        with replacing(target) as unfinished, h5py.File(unfinished, "w") as file:
            file["mean"] = values


def check_suffix(path: str | Path) -> Path:
    """The path, if its suffix says a format that means are written in."""
    if Path(path).suffix not in SUFFIXES:
        raise OptionError(f"{path}: a mean is written as {', '.join(SUFFIXES)}")
    return Path(path)


def _read_numpy(path: str | Path) -> HostArray:
    try:
        return _copied(path, np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError, EOFError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read as an array of NumPy's: {error}") from error


def _copied(path: str | Path, stored: Any) -> HostArray:
    """The numbers, once it is known that there are not too many."""
    if stored.size > MOST_PIXELS:
        raise DataError(f"{path} holds {stored.size:.1e} numbers; a mean has at most {MOST_PIXELS}")
    return np.array(stored[...])


def _read_hdf5(path: str | Path) -> HostArray:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            found = file.get("mean")
            if isinstance(found, h5py.Dataset):
                return _copied(path, found)
            raise DataError(f"{path} has no dataset 'mean'; it holds: {', '.join(file) or 'nothing'}")
    except OSError as error:
        raise DataError(f"{path} cannot be read as HDF5: {error}") from error
