"""What is subtracted from images: one number, one for each channel, or a mean image."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ..errors import DataError, MissingFileError, OptionError
from ..option_types import numbers_of
from ..specs import Spec
from .source import HostArray

Mean: TypeAlias = "tuple[float, ...] | HostArray"
MOST_NUMBERS = 1 << 24
HDF5 = (".h5", ".hdf5")


def mean_of(owner: Spec, given: Any, channels: int) -> Mean:
    """As a tuple of numbers (none: nothing is subtracted), or a read-only float32 array (channels, height, width)."""
    image = _read(Path(given)) if isinstance(given, (str, os.PathLike)) else given
    try:
        numbers = numbers_of(image)
    except TypeError:
        raise owner.refuse(f"mean is finite numbers, an array or the path of one, not {given!r}") from None
    mean = numbers.astype(np.float64 if numbers.ndim < 2 else np.float32)
    if mean.size > MOST_NUMBERS:
        raise owner.refuse(f"mean of shape {mean.shape} must be at most {MOST_NUMBERS} numbers")
    if mean.ndim < 2:
        return _values(owner, mean.reshape(-1), channels)
    return _image(owner, mean, channels)


def _values(owner: Spec, mean: HostArray, channels: int) -> tuple[float, ...]:
    if len(mean) not in (0, 1, channels):
        raise owner.refuse(f"mean has {len(mean)} numbers; give one, or one for each of the {channels} channels")
    return tuple(mean.tolist())


def _image(owner: Spec, mean: HostArray, channels: int) -> HostArray:
    planes = mean[None] if mean.ndim == 2 else mean[0] if mean.ndim == 4 and len(mean) == 1 else mean
    if planes.ndim != 3 or len(planes) != channels or not planes.size:
        raise owner.refuse(f"a mean image is ({channels}, height, width), not {mean.shape}")
    kept = planes.copy()
    kept.flags.writeable = False
    return kept


def _read(path: Path) -> HostArray:
    """The array in a file, whose size is looked at before anything is read."""
    if not path.is_file():
        raise MissingFileError(f"there is no mean image {str(path)!r}")
    try:
        if path.suffix == ".npy":
            return _checked(path, np.load(path, mmap_mode="r", allow_pickle=False))
        if path.suffix in HDF5:
            return _of_hdf5(path)
    except (OSError, ValueError, EOFError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read as a mean image: {error}") from error
    raise OptionError(
        f"{path}: mean images are .npy files or HDF5 with the data set 'mean'; give the array itself, "
        f"such as mocha_caffe.read_mean({path.name!r}) of a .binaryproto"
    )


def _of_hdf5(path: Path) -> HostArray:
    import h5py

    with h5py.File(path, "r") as file:
        found = file.get("mean")
        if not isinstance(found, h5py.Dataset):
            raise DataError(f"{path} has no data set 'mean'; it holds: {', '.join(file) or 'nothing'}")
        return _checked(path, found)


def _checked(path: Path, stored: Any) -> HostArray:
    if stored.dtype.kind not in "fiu" or stored.size > MOST_NUMBERS:
        raise DataError(
            f"{path} holds {stored.shape} of {stored.dtype}; a mean image is numbers, at most {MOST_NUMBERS}"
        )
    return np.asarray(stored[...])
