"""Samples and labels of any type, mixed at will: the net's own type decides what it computes with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core import (
    AsyncHDF5DataLayer,
    HDF5DataLayer,
    InnerProductLayer,
    MemoryDataLayer,
    Net,
    SoftmaxLossLayer,
)
from mocha_core.errors import DataError
from mocha_core.testing.backends import ReferenceBackend

PIXELS, LABEL = np.random.default_rng(0).integers(0, 100, (6, 4)), np.array([[0], [2], [1], [1], [2], [0]])
TYPES = [("float64", "int64"), ("uint8", "uint8"), ("float32", "int8"), ("int16", "float64"), (">f8", ">u2")]


def memory(folder: Path, data: Any, label: Any) -> MemoryDataLayer:
    return MemoryDataLayer(data=[data, label], batch_size=3)


def hdf5(folder: Path, data: Any, label: Any, kind: Any = HDF5DataLayer) -> Any:
    with h5py.File(folder / "data.h5", "w") as file:
        file["data"], file["label"] = data, label
    (folder / "list.txt").write_text("data.h5")
    return kind(source=str(folder / "list.txt"), batch_size=3)


def async_hdf5(folder: Path, data: Any, label: Any) -> Any:
    return hdf5(folder, data, label, AsyncHDF5DataLayer)


def net_on(data: Any, dtype: str) -> Net:
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["data"], tops=["ip"])
    return Net("n", ReferenceBackend(), [data, ip, SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])], dtype=dtype)


def losses(data: Any, dtype: str) -> list[float]:
    with net_on(data, dtype) as net:
        assert {parameter.blob.dtype for parameter in net.all_parameters} == {dtype}
        return [net.forward_backward() for _ in range(4)]


@pytest.mark.parametrize("make", [memory, hdf5, async_hdf5])
@pytest.mark.parametrize("types", TYPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_losses_whatever_the_type(tmp_path: Path, make: Any, types: tuple[str, str], dtype: str) -> None:
    expected = losses(memory(tmp_path, PIXELS.astype(dtype), LABEL.astype(dtype)), dtype)
    data, label = (array.astype(kind) for array, kind in zip((PIXELS, LABEL), types, strict=True))
    assert losses(make(tmp_path, data, label), dtype) == expected


@pytest.mark.parametrize("make", [memory, hdf5, async_hdf5])
@pytest.mark.parametrize("wrong", [-1, 3])
def test_integer_labels_are_checked_too(tmp_path: Path, make: Any, wrong: int) -> None:
    label = LABEL.copy()
    label[1] = wrong
    with net_on(make(tmp_path, PIXELS, label), "float32") as net, pytest.raises(DataError, match="wrong label"):
        net.forward()
