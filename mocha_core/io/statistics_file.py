"""Statistics of a training: name -> iteration -> value, one HDF5 table of two columns per name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from ..errors import SnapshotError
from .array_file import verify, write_arrays
from .safe_hdf5 import Datasets, opened

Statistics = dict[str, dict[int, float]]

GROUP = "statistics/"


def save_statistics(path: str | os.PathLike[str], statistics: Mapping[str, Mapping[int, float]]) -> None:
    """Write all statistics, whole or not at all, as `/statistics/<name>`: rows of (iteration, value)."""
    write_arrays(path, as_arrays(GROUP, statistics))


def load_statistics(path: str | os.PathLike[str]) -> Statistics:
    """What `save_statistics` wrote; a damaged file is a `SnapshotError`, a missing one a `MissingFileError`."""
    with opened(path) as (file, datasets):
        verify(file, datasets)
        return from_datasets(GROUP, datasets)


def as_arrays(prefix: str, statistics: Mapping[str, Mapping[int, float]]) -> dict[str, np.ndarray[Any, Any]]:
    """One array (records, 2) per name; names are quoted as in web addresses, for they may have slashes."""
    return {prefix + quote(name, safe=" "): _table(records) for name, records in statistics.items()}


def from_datasets(prefix: str, datasets: Datasets) -> Statistics:
    """The inverse of `as_arrays`, for the data sets of a file that was verified."""
    mine = {path: dataset for path, dataset in datasets.items() if path.startswith(prefix)}
    return {unquote(path.removeprefix(prefix)): _records(dataset) for path, dataset in mine.items()}


def _table(records: Mapping[int, float]) -> np.ndarray[Any, Any]:
    rows = [(iteration, float(records[iteration])) for iteration in sorted(records)]
    return np.array(rows, np.float64).reshape(-1, 2)


def _records(dataset: Any) -> dict[int, float]:
    if dataset.dtype != np.float64 or len(dataset.shape) != 2 or dataset.shape[1] != 2:
        raise SnapshotError(f"{dataset.name} is no table of (iteration, value)")
    return {int(iteration): float(value) for iteration, value in dataset[()]}
