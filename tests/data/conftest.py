"""Small HDF5 data sets whose samples tell their own number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

MakeList = Callable[..., Path]


def numbered(first: int, count: int, dtype: str) -> dict[str, np.ndarray[Any, Any]]:
    numbers = np.arange(first, first + count)
    return {"data": np.multiply.outer(numbers, np.ones((2, 3))).astype(dtype), "label": numbers[:, None].astype(dtype)}


@pytest.fixture
def make_list(tmp_path: Path) -> MakeList:
    """Write files with samples numbered on from file to file, and their list; options go to `create_dataset`."""

    def make(lengths: Sequence[int], dtype: str = "float32", userblock: int = 0, **options: Any) -> Path:
        first, paths = 0, []
        for index, length in enumerate(lengths):
            path = tmp_path / f"part{index}.h5"
            with h5py.File(path, "w", userblock_size=userblock) as file:
                for name, values in numbered(first, length, dtype).items():
                    file.create_dataset(name, data=values, **options)
            first += length
            paths.append(str(path))
        listing = tmp_path / "list.txt"
        listing.write_text("\n".join(paths) + "\n")
        return listing

    return make
