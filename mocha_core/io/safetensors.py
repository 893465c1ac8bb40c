"""Files of the safetensors format: 8 bytes that say how long the header is, a header in JSON, the bytes of all arrays.

The header says of each array its element type, its shape, and where its bytes begin and end. Nothing in such a file can
be run, and everything that the header claims is checked against the size of the file before an array is made.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..errors import MissingFileError, SnapshotError
from .atomic import replacing
from .safe_hdf5 import Datasets

HostArray = np.ndarray[Any, Any]

SUFFIX = ".safetensors"
METADATA = "__metadata__"
HEADER_BYTES = 16 << 20
"""The longest header that is read, enough for a hundred thousand arrays."""

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
}
BFLOAT = "BF16"
"""The upper half of a float32; NumPy has no such type, so it is read as float32."""


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array of an open file, not read yet; `array[()]` reads it."""

    name: str
    code: str
    shape: tuple[int, ...]
    start: int
    file: BinaryIO

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type that it is read as."""
        return np.dtype("<f4" if self.code == BFLOAT else DTYPES[self.code])

    def __getitem__(self, key: tuple[()]) -> HostArray:
        self.file.seek(self.start)
        stored = np.dtype("<u2" if self.code == BFLOAT else DTYPES[self.code])
        values = np.fromfile(self.file, stored, math.prod(self.shape))
        if self.code == BFLOAT:
            values = (values.astype("<u4") << 16).view("<f4")
        return values.reshape(self.shape)


def write_safetensors(
    path: str | os.PathLike[str], arrays: Mapping[str, HostArray], notes: Mapping[str, str] | None = None
) -> None:
    """Write the file, whole or not at all; `notes` become its metadata.

    >>> import numpy as np
    >>> write_safetensors("small.safetensors", {"ip___bias": np.zeros((1, 3), "float32")}, {"licence": "MIT"})
    >>> with opened_safetensors("small.safetensors") as (arrays, notes):
    ...     print(arrays["ip___bias"][()], dict(notes))
    [[0. 0. 0.]] {'licence': 'MIT'}
    """
    # Wide elements first, so that each array begins at a multiple of its element size.
    ordered = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    header = _header([(name, arrays[name]) for name in ordered], notes or {})
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for name in ordered:
            array = arrays[name]
            file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())


@contextlib.contextmanager
def opened_safetensors(path: str | os.PathLike[str]) -> Iterator[tuple[Datasets, Mapping[str, str]]]:
    """The arrays of a file by name, none read yet, and its metadata; a file that is wrong is a `SnapshotError`."""
    if not Path(path).is_file():
        raise MissingFileError(f"there is no file {os.fspath(path)!r}")
    with open(path, "rb") as file:
        try:
            size = os.fstat(file.fileno()).st_size
            header, start = _read_header(file, size)
            notes = _notes(header.pop(METADATA, {}))
            arrays = {name: _stored(name, told, start, file) for name, told in header.items()}
            _check_places(header, size - start)
        except SnapshotError as error:
            raise SnapshotError(f"{os.fspath(path)} is damaged or no safetensors file: {error}") from error
        yield arrays, notes


def _header(arrays: Sequence[tuple[str, HostArray]], notes: Mapping[str, str]) -> bytes:
    codes = {np.dtype(kind): code for code, kind in DTYPES.items()}
    told: dict[str, Any] = {METADATA: dict(notes)} if notes else {}
    start = 0
    for name, array in arrays:
        code = codes[array.dtype.newbyteorder("<")]
        told[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [start, start + array.nbytes]}
        start += array.nbytes
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % 8)


def _read_header(file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """The header, and where the arrays begin."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(size - 8, HEADER_BYTES):
        raise SnapshotError(f"its header would have {length} bytes; the file has {size}, and at most 16 MB are read")
    try:
        header = json.loads(file.read(length).decode(), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"its header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise SnapshotError("its header is no table")
    return header, 8 + length


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _notes(told: Any) -> Mapping[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise SnapshotError("its metadata are not texts by name")
    return told


def _stored(name: str, told: Any, start: int, file: BinaryIO) -> StoredArray:
    """An array as the header tells of it, its size checked against its place."""
    if not isinstance(told, dict) or set(told) != {"dtype", "shape", "data_offsets"}:
        raise SnapshotError(f"{name} is not told by dtype, shape and data_offsets")
    code, shape, place = told["dtype"], told["shape"], told["data_offsets"]
    if code != BFLOAT and code not in DTYPES:
        raise SnapshotError(f"{name} has elements of type {code!r}; known are {', '.join([*DTYPES, BFLOAT])}")
    if not _sizes(shape) or not _sizes(place) or len(place) != 2 or len(shape) > 32:
        raise SnapshotError(f"{name} has shape {shape} and place {place}, which are no lists of sizes")
    itemsize = 2 if code == BFLOAT else np.dtype(DTYPES[code]).itemsize
    if math.prod(shape) * itemsize != place[1] - place[0]:
        raise SnapshotError(f"{name} of {code} and shape {shape} does not fill its place {place}")
    return StoredArray(name, code, tuple(shape), start + place[0], file)


def _sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)


def _check_places(header: Mapping[str, Any], size: int) -> None:
    """One after the other, without gap or overlap, to the end of the file."""
    end = 0
    for name, told in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = told["data_offsets"]
        if first != end or last > size:
            raise SnapshotError(f"{name} lies at {[first, last]} of {size} bytes; it should begin at {end}")
        end = last
    if end != size:
        raise SnapshotError(f"it holds {size - end} bytes that belong to no array")
