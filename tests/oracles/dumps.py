"""What the real Caffe computed, and how far from it we may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

Host = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Host]

LIMIT = 1e-10
"""Caffe's dumps are in double precision; another order of summation stays far below this."""

FIRST, SECOND = ("filter", "weight"), ("bias",)
"""Caffe numbers the parameters of a layer: 0 and 1."""


def f32(value: float) -> float:
    """As Caffe keeps an option: rounded to float32."""
    return float(np.float32(value))


def read(path: Path) -> Arrays:
    """Every dataset of an HDF5 file under its full name."""
    found: Arrays = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(path) as file:
        file.visititems(keep)
    return found


def number(param: str) -> int:
    """Caffe's number for one of our parameters."""
    return 0 if param in FIRST else 1


def relative_error(ours: Any, caffe: Any) -> float:
    """The largest difference, relative to Caffe's largest element; infinite for NaN and for other sizes.

    Not to each element: where a sum nearly cancels, the last bits of its terms are many of its own.
    """
    a, b = np.asarray(ours), np.asarray(caffe)
    if a.size != b.size or not np.isfinite(a).all():
        return float("inf")
    size = float(np.abs(b).max(initial=0.0))
    gap = float(np.abs(a.reshape(b.shape) - b).max(initial=0.0))
    return gap if size == 0 else gap / size


def assert_agrees(pairs: dict[str, tuple[Any, Any]], limit: float = LIMIT) -> None:
    """Each pair (ours, Caffe's) agrees; the errors are printed, and shown by `pytest -rP`."""
    assert pairs, "nothing was compared"
    errors = {what: relative_error(*pair) for what, pair in pairs.items()}
    print(*(f"{what}: {error:.1e}" for what, error in errors.items()), sep="\n")
    assert {what: error for what, error in errors.items() if not error <= limit} == {}
