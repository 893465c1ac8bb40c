"""From bytes to what a net reads."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from mocha_core import DataError, MissingFileError, MochaError, OptionError, Preprocessing
from mocha_core.data import mean_image


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)


def test_caffes_rules_in_their_order() -> None:
    images = noise(2, 8, 9, 3)
    record = Preprocessing(colour="BGR", crop=(5, 4), mean=(1, 2, 3), scale=0.5)
    wanted = np.empty((2, 3, 5, 4), np.float32)
    for n, c, i, j in np.ndindex(wanted.shape):
        wanted[n, c, i, j] = 0.5 * (float(images[n, i + 1, j + 2, 2 - c]) - (c + 1))
    found = record.apply(images)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, wanted)


def test_a_mean_image_is_cut_to_its_middle() -> None:
    mean = noise(3, 9, 8).astype(np.float32)
    found = Preprocessing(colour="RGB", mean=mean).apply(noise(5, 4, 3))
    np.testing.assert_array_equal(found[0], np.moveaxis(noise(5, 4, 3), -1, 0) - mean[:, 2:7, 2:6])


def test_a_smaller_mean_image() -> None:
    with pytest.raises(DataError, match=r"of 4 x 4 \(height x width\), is smaller than .*5 x 4.*; give resize or crop"):
        Preprocessing(colour="RGB", mean=np.zeros((3, 4, 4))).apply(noise(5, 4, 3))


@pytest.mark.parametrize(("shape", "wanted"), [((40, 30), (27, 20)), ((30, 40), (20, 27)), ((20, 20), (20, 20))])
def test_the_shorter_side(shape: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert Preprocessing(colour="gray", resize=20).apply(noise(*shape)).shape == (1, 1, *wanted)


def test_images_of_several_sizes(tmp_path: Path) -> None:
    Image.fromarray(noise(8, 6, 3)).save(tmp_path / "a.png")
    given = [noise(5, 4, 3), Image.fromarray(noise(9, 9)), tmp_path / "a.png"]
    assert Preprocessing(colour="RGB", resize=(6, 7)).apply(given).shape == (3, 3, 6, 7)
    with pytest.raises(DataError, match=r"these are 5 x 4 and 9 x 9 and 8 x 6; give resize=\(height, width\)"):
        Preprocessing(colour="RGB").apply(given)


def test_a_crop_larger_than_the_image() -> None:
    with pytest.raises(DataError, match=r"5 x 4 \(height x width\) is smaller than crop=\(6, 4\); give resize, too"):
        Preprocessing(colour="RGB", crop=(6, 4)).apply(noise(5, 4, 3))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs colour"),
        ({"colour": "rgb"}, "colour is 'BGR', 'RGB', 'gray', not 'rgb'"),
        ({"colour": "RGB", "mean": (1, 2)}, "mean has 2 numbers; give one, or one for each of the 3 channels"),
        ({"colour": "gray", "mean": np.zeros((3, 4, 4))}, r"a mean image is \(1, height, width\)"),
        ({"colour": "RGB", "mean": float("nan")}, "finite numbers"),
        ({"colour": "RGB", "mean": {"a": 1}}, "mean is finite numbers, an array or the path of one"),
        ({"colour": "RGB", "scale": float("inf")}, "scale is a finite number, not inf"),
        ({"colour": "RGB", "crop": 0}, r"crop is a pair \(height, width\)"),
        ({"colour": "RGB", "resize": 10**9}, "resize=1000000000 is larger than 16384 pixels"),
        ({"colour": "RGB", "meen": 3}, "has no option 'meen'; did you mean 'mean'"),
    ],
)
def test_impossible_options(options: dict, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        Preprocessing(**options)


@pytest.mark.parametrize("mean", [(), 127.5, (1.5, 2, 3), noise(3, 4, 5).astype(np.float32) / 7])
def test_it_is_a_value_and_becomes_json(mean) -> None:
    record = Preprocessing(colour="BGR", resize=(9, 8), crop=4, mean=mean, scale=1 / 3)
    again = Preprocessing.from_json(json.loads(json.dumps(record.as_json())))
    assert again == record
    assert hash(again) == hash(record)
    assert again != record.replace(scale=0.5)
    assert again != record.replace(mean=(9, 9, 9))
    np.testing.assert_array_equal(again.apply(noise(12, 11, 3)[:, :, :]), record.apply(noise(12, 11, 3)))


def test_the_mean_given_is_not_changed_by_anybody() -> None:
    mean = np.ones((3, 4, 4), np.float32)
    record = Preprocessing(colour="RGB", mean=mean)
    mean[:] = 7
    assert (record.mean == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        record.mean[0] = 3


def test_means_in_files(tmp_path: Path) -> None:
    mean = noise(1, 3, 6, 5).astype(np.float32)
    np.save(tmp_path / "mean.npy", mean)
    with h5py.File(tmp_path / "mean.h5", "w") as file:
        file["mean"] = mean
    for name in ("mean.npy", "mean.h5"):
        assert Preprocessing(colour="BGR", mean=tmp_path / name) == Preprocessing(colour="BGR", mean=mean[0])


def test_files_that_are_no_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str, said: str) -> None:
        with pytest.raises(MochaError, match=said):
            Preprocessing(colour="BGR", mean=tmp_path / name)

    with pytest.raises(MissingFileError, match="there is no mean image"):
        Preprocessing(colour="BGR", mean="gone.npy")
    (tmp_path / "mean.binaryproto").touch()
    refused("mean.binaryproto", r"such as mocha_caffe\.read_mean\('mean\.binaryproto'\)")
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'")
    refused("a.npy", r"a\.npy cannot be read as a mean image")
    np.save(tmp_path / "b.npy", np.array([{}]), allow_pickle=True)
    refused("b.npy", r"b\.npy cannot be read as a mean image: .*Python objects")
    (tmp_path / "a.h5").write_text("no HDF5")
    refused("a.h5", r"a\.h5 cannot be read as a mean image")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["average"] = np.zeros(3)
    refused("b.h5", "has no data set 'mean'; it holds: average")
    monkeypatch.setattr(mean_image, "MOST_NUMBERS", 5)
    np.save(tmp_path / "c.npy", np.zeros((3, 2)))
    refused("c.npy", r"holds \(3, 2\) of float64; a mean image is numbers, at most 5")


@pytest.mark.parametrize(
    "packed",
    [
        {"shape": [3, 2, 2], "float32": "????"},
        {"shape": [3, 2, 2], "float32": "AAAA"},
        {"shape": [3, 2, -1], "float32": ""},
        {"shape": ["a"], "float32": ""},
        {"float32": ""},
    ],
)
def test_a_stored_mean_image_that_is_damaged(packed: dict) -> None:
    with pytest.raises(MochaError, match=r"stored record is damaged|a mean image is \(3"):
        Preprocessing.from_json({"colour": "RGB", "mean": packed})


def test_a_stored_record_opens_no_file(tmp_path: Path) -> None:
    np.save(tmp_path / "mean.npy", np.zeros(3))
    with pytest.raises(DataError, match="numbers, not a path"):
        Preprocessing.from_json({"colour": "RGB", "mean": str(tmp_path / "mean.npy")})


def test_a_real_photo_as_opencv_and_caffe_prepare_it(shared: Path) -> None:
    record = Preprocessing(colour="BGR", resize=(227, 227), mean=(104, 117, 123))
    wanted = np.load(shared / "data" / "caffe" / "squeezenet_v1.1" / "reference_cat.npz")["input"]
    np.testing.assert_array_equal(record.apply(shared / "data" / "images" / "cat.jpg"), wanted)


def test_mtcnn_reads_from_minus_one_to_one(shared: Path) -> None:
    folder = shared / "data" / "caffe" / "mtcnn"
    record = Preprocessing(colour="RGB", resize=(138, 180), mean=127.5, scale=0.0078125)
    wanted = np.load(folder / "det1_reference.npz")["input"]
    # MATLAB, where the nets were trained, has the width first.
    np.testing.assert_array_equal(record.apply(folder / "test1.jpg").transpose(0, 1, 3, 2), wanted)
