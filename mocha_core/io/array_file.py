"""HDF5 files of named arrays with a checksum over their contents: the form of all files that Mocha writes."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SnapshotError
from .atomic import replacing
from .safe_hdf5 import Datasets, stored_bytes

Arrays = Mapping[str, "np.ndarray[Any, Any]"]
"""By path within the file; a path may have slashes."""

CHECKSUM = "sha256"
PIECE = 1 << 20
"""Bytes hashed at a time, so that checking a file needs no memory to speak of."""


def write_arrays(path: str | os.PathLike[str], arrays: Arrays) -> None:
    """Write the file, whole or not at all."""
    import h5py

    # The format of HDF5 1.8: readable by everything, and its own metadata carry checksums.
    with replacing(path) as unfinished, h5py.File(unfinished, "w", libver=("v108", "v108")) as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array)
        file.attrs[CHECKSUM] = np.bytes_(digest(arrays))


def verify(file: Any, datasets: Datasets, *, required: bool = True) -> None:
    """Raise `SnapshotError` unless the contents are those that were written; reads piece by piece."""
    told = _told(file)
    if told is None and not required:
        return
    if told is None:
        raise SnapshotError("it has no checksum, so it was not written by Mocha or is damaged")
    # What Mocha writes is neither packed nor shared, so it cannot be larger than its file.
    if stored_bytes(datasets) > Path(file.filename).stat().st_size:
        raise SnapshotError("it claims to hold more than its own size: it is damaged or was made to do harm")
    if digest(datasets) != told:
        raise SnapshotError("its contents do not match its checksum: it is damaged")


def digest(arrays: Mapping[str, Any]) -> str:
    """SHA-256 over names, types, shapes and values; the same for arrays and for data sets of an open file."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        total.update(repr((name, array.dtype.str, tuple(array.shape))).encode())
        _digest_values(total, array)
    return total.hexdigest()


def text(value: str) -> np.ndarray[Any, Any]:
    """A text as an array without dimensions (ASCII, fixed length: any HDF5 tool shows it)."""
    return np.array(value.encode("ascii"))


def _digest_values(total: Any, array: Any) -> None:
    if not array.shape:
        total.update(np.asarray(array[()]).tobytes())
        return
    row = math.prod(array.shape[1:]) * array.dtype.itemsize
    rows = max(1, PIECE // max(1, row))
    for first in range(0, array.shape[0], rows):
        total.update(np.ascontiguousarray(array[first : first + rows]).tobytes())


def _told(file: Any) -> str | None:
    if CHECKSUM not in file.attrs:
        return None
    attribute = file.attrs.get_id(CHECKSUM)
    if attribute.shape != () or attribute.dtype.kind != "S" or attribute.dtype.itemsize != 64:
        raise SnapshotError("its checksum is none")
    return bytes(file.attrs[CHECKSUM]).decode("ascii")
