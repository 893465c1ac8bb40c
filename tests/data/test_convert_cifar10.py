"""`mocha data cifar10`: from Alex's binary batches to HDF5."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core.data.convert import cifar10
from mocha_core.errors import DataError, MissingFileError

Records = np.ndarray[Any, np.dtype[np.uint8]]


def records(first: int, count: int) -> Records:
    """Records whose every pixel is the image's number."""
    numbers = np.arange(first, first + count, dtype=np.uint8)
    return np.concatenate([numbers[:, None] % 10, np.repeat(numbers[:, None], 3072, axis=1)], axis=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    originals = tmp_path / "originals"
    originals.mkdir()
    (originals / "data_batch_1.bin").write_bytes(records(0, 30).tobytes())
    (originals / "data_batch_3.bin.gz").write_bytes(gzip.compress(records(30, 20).tobytes()))
    (originals / "test_batch.bin").write_bytes(records(100, 10).tobytes())
    return originals


def quiet(_: str) -> None:
    """Say nothing."""


def test_some_short_batches(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    cifar10.convert(tmp_path / "out", folder, say=said.append)
    mean = np.float32(np.arange(50).mean())
    with h5py.File(tmp_path / "out/cifar10-train.hdf5") as train:
        assert (train["data"].shape, train["label"].shape) == ((50, 3, 32, 32), (50, 1))
        numbers = train["data"][:, 2, 31, 31] + mean
        assert sorted(numbers[:30]) == list(range(30))
        assert sorted(numbers[30:]) == list(range(30, 50))
        assert numbers.tolist() != list(range(50))
        np.testing.assert_array_equal(train["label"][:, 0], numbers % 10)
    with h5py.File(tmp_path / "out/cifar10-test.hdf5") as test, h5py.File(tmp_path / "out/mean.h5") as file:
        assert sorted(test["data"][:, 0, 0, 0] + mean) == list(range(100, 110))
        np.testing.assert_array_equal(file["mean"], np.full((1, 3, 32, 32), mean))
    assert "2 of the 5 training batches: data_batch_1.bin, data_batch_3.bin" in "\n".join(said)
    assert "30 images instead of 10000" in said[0]


def test_pixels_keep_their_place(folder: Path, tmp_path: Path) -> None:
    batch = np.zeros((1, 3073), np.uint8)
    batch[0, 1 + 1024 + 2 * 32 + 5] = 200
    (folder / "data_batch_1.bin").write_bytes(batch.tobytes())
    (folder / "data_batch_3.bin.gz").unlink()
    cifar10.convert(tmp_path / "out", folder, say=quiet)
    with h5py.File(tmp_path / "out/mean.h5") as file:
        assert np.argwhere(file["mean"][:]).tolist() == [[0, 1, 2, 5]]


def archive(folder: Path, names: list[str]) -> None:
    folder.mkdir()
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as tar:
        for index, name in enumerate(names):
            content = records(10 * index, 10).tobytes()
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


NAMES = [*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]


def test_an_archive(tmp_path: Path) -> None:
    archive(tmp_path / "in", NAMES)
    with pytest.raises(DataError, match=r"cifar-10-binary\.tar\.gz is damaged or another file"):
        cifar10.convert(tmp_path / "out", tmp_path / "in", say=quiet)
    cifar10.convert(tmp_path / "out", tmp_path / "in", checksum=False, say=quiet)
    with h5py.File(tmp_path / "out/cifar10-train.hdf5") as train:
        assert train["data"].shape == (50, 3, 32, 32)


def test_an_archive_that_lacks_a_batch(tmp_path: Path) -> None:
    archive(tmp_path / "in", NAMES[1:])
    with pytest.raises(DataError, match=r"does not hold data_batch_1\.bin"):
        cifar10.convert(tmp_path / "out", tmp_path / "in", checksum=False, say=quiet)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (records(0, 3).tobytes()[:-1], "9218 bytes, no multiple of 3073"),
        (b"", "is empty"),
        (b"<html>", "a web page"),
        (bytes([11]) * 3073, "label 0 is 11"),
    ],
)
def test_faulty_batches(folder: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (folder / "data_batch_1.bin").write_bytes(content)
    with pytest.raises(DataError, match=said):
        cifar10.convert(tmp_path / "out", folder, say=quiet)
    assert not (tmp_path / "out").exists()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"neither cifar-10-binary\.tar\.gz nor any of data_batch_1\.bin"):
        cifar10.convert(tmp_path / "out", tmp_path, say=quiet)


def test_part_of_the_original(shared: Path, tmp_path: Path) -> None:
    cifar10.convert(tmp_path, shared / "data/cifar10", say=quiet)
    with h5py.File(tmp_path / "cifar10-train.hdf5") as train:
        assert train["data"].shape == (2500, 3, 32, 32)
        data = train["data"][:]
    scale = np.abs(data).max()
    assert np.abs(data.mean(axis=0, dtype=np.float64)).max() < 2 * np.finfo("float32").eps * scale
