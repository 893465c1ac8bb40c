"""`mocha caffe lmdb-to-hdf5`."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mocha_core import HDF5DataLayer
from mocha_core.cli.main import main
from mocha_core.data.feed import Feed

from ..data.databases import planes, write_images

IMAGES = planes(7, 3, 6, 6)


@pytest.fixture
def source(tmp_path) -> str:
    return str(write_images(tmp_path / "train_lmdb", IMAGES))


def test_bytes_stay_bytes(tmp_path, source):
    assert main(["caffe", "lmdb-to-hdf5", source, str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "train_lmdb.txt").read_text() == "train_lmdb.h5\n"
    with h5py.File(tmp_path / "out" / "train_lmdb.h5") as file:
        assert file["data"].dtype == np.uint8
        np.testing.assert_array_equal(file["data"], IMAGES)
        np.testing.assert_array_equal(file["label"], np.arange(7)[:, None])


@pytest.mark.parametrize(("batch", "files"), [(3, 3), (7, 1), (1, 7)])
def test_in_several_files_that_mocha_reads(tmp_path, source, batch, files):
    assert main(["caffe", "lmdb-to-hdf5", source, str(tmp_path), "--batch", str(batch), "--name", "set"]) == 0
    names = [f"set-{k:03}.h5" for k in range(files)]
    assert (tmp_path / "set.txt").read_text().split() == names
    reader = Feed(HDF5DataLayer(source=str(tmp_path / "set.txt"), batch_size=7).open_source(0), "float32")
    np.testing.assert_array_equal(reader.fetch()[0], IMAGES)
    reader.close()


def test_transformed_on_request(tmp_path, source):
    options = ["--mean-value", "10", "--mean-value", "20", "--mean-value", "30", "--scale", "0.5", "--crop-size", "4"]
    assert main(["caffe", "lmdb-to-hdf5", source, str(tmp_path), *options]) == 0
    with h5py.File(tmp_path / "train_lmdb.h5") as file:
        mean = np.array([10, 20, 30], np.float32)[:, None, None]
        assert file["data"].dtype == np.float32
        np.testing.assert_array_equal(file["data"], (IMAGES[..., 1:5, 1:5] - mean) * np.float32(0.5))


def test_images_of_different_sizes(tmp_path, capsys):
    source = str(write_images(tmp_path / "db", [IMAGES[0], IMAGES[1][:, :4]]))
    assert main(["caffe", "lmdb-to-hdf5", source, str(tmp_path)]) != 0
    assert "record '00000001' has the shape (3, 4, 6)" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.h5"))
