"""`mocha data mnist`: from IDX files to HDF5."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core.data.convert import mnist
from mocha_core.data.feed import Feed
from mocha_core.errors import DataError, MissingFileError
from mocha_core.layers.hdf5_data import HDF5DataLayer

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def idx(array: Bytes) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def digits(count: int) -> tuple[Bytes, Bytes]:
    """Images whose every pixel is the image's number."""
    numbers = np.arange(count, dtype=np.uint8)
    return np.broadcast_to(numbers[:, None, None], (count, 28, 28)), numbers % 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    originals = tmp_path / "originals"
    originals.mkdir()
    for part, count in (("train", 50), ("t10k", 20)):
        images, labels = digits(count)
        (originals / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (originals / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    return originals


def quiet(_: str) -> None:
    """Say nothing."""


def test_small_files(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    mnist.convert(tmp_path / "out", folder, say=said.append)
    with h5py.File(tmp_path / "out/mnist-train.hdf5") as train, h5py.File(tmp_path / "out/mnist-test.hdf5") as test:
        assert (train["data"].shape, train["label"].shape) == ((50, 1, 28, 28), (50, 1))
        assert (train["data"].dtype, train["label"].dtype) == ("float32", "float32")
        numbers = train["data"][:, 0, 5, 7] * 256
        assert sorted(numbers) == list(range(50))
        assert numbers.tolist() != list(range(50))
        np.testing.assert_array_equal(train["label"][:, 0], numbers % 10)
        np.testing.assert_array_equal(test["data"][:, 0, 0, 0] * 256, range(20))
    assert sum("only the structure was checked" in line for line in said) == 4
    assert not list((tmp_path / "out").glob(".*"))


def test_the_lists_are_ready_for_the_data_layer(folder: Path, tmp_path: Path) -> None:
    mnist.convert(tmp_path / "out", folder, say=quiet)
    feed = Feed(HDF5DataLayer(source=str(tmp_path / "out/test.txt"), batch_size=20).open_source(seed=0), "float32")
    data, label = feed.fetch()
    np.testing.assert_array_equal(data[:, 0, 3, 3] * 256 % 10, label[:, 0])
    feed.close()


IMAGES = "train-images-idx3-ubyte"

FAULTS: dict[str, tuple[bytes, str]] = {
    "web page": (b"\n<!DOCTYPE html><html>404</html>", "a web page"),
    "lfs pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
    "empty": (b"", "is empty"),
    "other magic": (idx(digits(50)[1]), "no IDX file of 3 axes"),
    "cut off": (idx(digits(50)[0])[:-1], "39199 follow; it is cut off"),
    "other size": (idx(np.zeros((50, 32, 32), np.uint8)), r"\(32, 32\) pixels"),
    "other count": (idx(digits(49)[0]), "49 train images, but 50 labels"),
    "other content": (idx(np.zeros((60_000, 28, 28), np.uint8)), "SHA-256"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_originals_leave_no_file(folder: Path, tmp_path: Path, fault: str) -> None:
    content, said = FAULTS[fault]
    (folder / IMAGES).write_bytes(content)
    with pytest.raises(DataError, match=said) as error:
        mnist.convert(tmp_path / "out", folder, say=quiet)
    assert str(folder) in str(error.value)
    assert not list((tmp_path / "out").glob("*"))


def test_a_label_out_of_range(folder: Path, tmp_path: Path) -> None:
    labels = digits(50)[1].copy()
    labels[7] = 10
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    with pytest.raises(DataError, match="label 7 is 10; classes are 0 to 9"):
        mnist.convert(tmp_path / "out", folder, say=quiet)


def test_a_broken_gzip_file(folder: Path, tmp_path: Path) -> None:
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="no whole gzip file"):
        mnist.convert(tmp_path / "out", folder, say=quiet)


def test_a_missing_file(folder: Path, tmp_path: Path) -> None:
    (folder / IMAGES).unlink()
    with pytest.raises(MissingFileError, match=f"neither {IMAGES} nor {IMAGES}.gz"):
        mnist.convert(tmp_path / "out", folder, say=quiet)


def test_the_original_files(shared: Path, tmp_path: Path) -> None:
    said: list[str] = []
    mnist.convert(tmp_path, shared / "data/mnist", say=said.append)
    assert len(said) == 2
    with h5py.File(tmp_path / "mnist-train.hdf5") as train, h5py.File(tmp_path / "mnist-test.hdf5") as test:
        assert (train["data"].shape, test["data"].shape) == ((60_000, 1, 28, 28), (10_000, 1, 28, 28))
        assert test["label"][:5, 0].tolist() == [7, 2, 1, 0, 4]
        assert test["data"][:].max() == 255 / 256
    for path in tmp_path.glob("*.hdf5"):
        path.unlink()
