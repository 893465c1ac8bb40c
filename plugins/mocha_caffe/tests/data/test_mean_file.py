"""Mean files."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import mocha_caffe
from mocha_caffe.data.averaging import mean_image
from mocha_caffe.data.datum_pictures import DatumPictures
from mocha_caffe.data.mean_file import read_mean, write_mean
from mocha_caffe.formats import make_blob, save_wire
from mocha_core import DataError, MissingFileError, MochaError, OptionError

MEAN = np.arange(24, dtype=np.float32).reshape(3, 4, 2) / 7


@pytest.mark.parametrize("suffix", [".binaryproto", ".npy", ".h5"])
def test_written_and_read(tmp_path, suffix):
    write_mean(tmp_path / f"mean{suffix}", MEAN)
    np.testing.assert_array_equal(read_mean(tmp_path / f"mean{suffix}"), MEAN)
    assert [file.name for file in tmp_path.iterdir()] == [f"mean{suffix}"]


def test_caffes_own(shared):
    folder = shared / "oracles" / "caffe" / "lmdb"
    mean = mocha_caffe.read_mean(folder / "imgs_mean.binaryproto")
    assert mean.shape == (3, 32, 32)
    np.testing.assert_array_equal(mean, np.load(folder / "imgs_mean.npy").reshape(3, 32, 32))


def test_computed_it_is_caffes_byte_for_byte(tmp_path, shared):
    folder = shared / "oracles" / "caffe" / "lmdb"
    write_mean(tmp_path / "mean.binaryproto", mean_image(DatumPictures(str(folder / "imgs_lmdb"))))
    assert (tmp_path / "mean.binaryproto").read_bytes() == (folder / "imgs_mean.binaryproto").read_bytes()


def test_the_mean_of_imagenet(shared):
    folders = list((shared / "data" / "imagenet_mean").glob("*"))
    found = [read_mean(path) for path in folders if path.suffix in (".npy", ".binaryproto")]
    assert found
    assert {mean.shape for mean in found} <= {(3, 256, 256), (3,)}


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1), (1, 3, 1, 1)])
def test_one_number_for_each_channel(tmp_path, shape):
    np.save(tmp_path / "mean.npy", np.array([104.0, 117, 123]).reshape(shape))
    assert read_mean(tmp_path / "mean.npy").tolist() == [104, 117, 123]


def test_doubles_and_a_current_shape(tmp_path):
    save_wire(make_blob(MEAN.astype(np.float64)[None]), tmp_path / "mean.binaryproto")
    np.testing.assert_array_equal(read_mean(tmp_path / "mean.binaryproto"), MEAN)


def test_files_that_hold_no_mean(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4, 5)))
    with pytest.raises(DataError, match=r"a\.npy holds numbers of shape \(2, 3, 4, 5\) and type float64; a mean is"):
        read_mean(tmp_path / "a.npy")
    np.save(tmp_path / "b.npy", np.array([None]), allow_pickle=True)
    with pytest.raises(DataError, match=r"b\.npy cannot be read as an array of NumPy's"):
        read_mean(tmp_path / "b.npy")
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file["avg"] = MEAN
    with pytest.raises(DataError, match=r"c\.h5 has no dataset 'mean'; it holds: avg"):
        read_mean(tmp_path / "c.h5")
    (tmp_path / "d.binaryproto").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(MochaError, match="is a git-LFS pointer"):
        read_mean(tmp_path / "d.binaryproto")
    with pytest.raises(MissingFileError, match="there is no file"):
        read_mean(tmp_path / "gone.npy")


def test_terabytes_are_refused_before_anything_is_allocated(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("mean", (3, 1 << 20, 1 << 20), "f4", chunks=(1, 64, 64))
    with pytest.raises(DataError, match=r"a\.h5 holds 3\.3e\+12 numbers"):
        read_mean(tmp_path / "a.h5")
    np.save(tmp_path / "b.npy", MEAN)
    raw = (tmp_path / "b.npy").read_bytes()
    (tmp_path / "b.npy").write_bytes(raw.replace(b"(3, 4, 2), }          ", b"(3, 400000, 200000), }"))
    with pytest.raises(DataError, match=r"b\.npy cannot be read as an array"):
        read_mean(tmp_path / "b.npy")


def test_a_suffix_that_nothing_is_written_in(tmp_path):
    with pytest.raises(OptionError, match=r"a mean is written as \.binaryproto, \.npy"):
        write_mean(tmp_path / "mean.mat", MEAN)
