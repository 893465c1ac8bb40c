"""How images are prepared, as a prototxt says it."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe import write_mean
from mocha_core import Net, Preprocessing

from .weights.models import load

DATA = """
layer {{ name: "data" type: "{type}" top: "data" top: "label" {block} transform_param {{ {transform} }} }}
layer {{ name: "pool" type: "Pooling" bottom: "data" top: "pool" pooling_param {{ global_pooling: true pool: AVE }} }}
"""


def model(folder: Path, transform: str, kind: str = "Data", block: str = "", channels: int = 3) -> Net:
    """A net whose data layer says that, without its data."""
    (folder / "net.prototxt").write_text(DATA.format(type=kind, transform=transform, block=block))
    return load(folder / "net.prototxt", shapes={"data": (1, channels, 5, 4)})


def record(*args: object, **options: object) -> Preprocessing | None:
    return model(*args, **options).notes.preprocessing


def test_scale_crop_and_mean_values(tmp_path: Path) -> None:
    found = record(tmp_path, "scale: 0.5 crop_size: 4 mean_value: 1 mean_value: 2 mean_value: 3")
    assert found == Preprocessing(colour="BGR", crop=4, mean=(1, 2, 3), scale=0.5)
    assert record(tmp_path, "mirror: true") == Preprocessing(colour="BGR")
    assert record(tmp_path, "scale: 0.00390625", channels=1) == Preprocessing(colour="gray", scale=1 / 256)


def test_crops_of_two_sides(tmp_path: Path) -> None:
    found = record(tmp_path, "crop_h: 4 crop_w: 3")
    assert found == Preprocessing(colour="BGR", crop=(4, 3))


def test_a_mean_image_also_says_the_size_of_the_images(tmp_path: Path) -> None:
    mean = np.arange(3 * 8 * 9, dtype=np.float32).reshape(3, 8, 9)
    write_mean(tmp_path / "mean.binaryproto", mean)
    found = record(tmp_path, 'mean_file: "mean.binaryproto" crop_size: 4')
    assert found == Preprocessing(colour="BGR", resize=(8, 9), crop=4, mean=mean)


def test_images_from_files_are_resized(tmp_path: Path) -> None:
    block = 'image_data_param { source: "list.txt" new_height: 6 new_width: 7 }'
    found = record(tmp_path, "crop_size: 4", kind="ImageData", block=block)
    assert found == Preprocessing(colour="BGR", resize=(6, 7), crop=4)


def test_the_sizes_of_detectors(tmp_path: Path) -> None:
    found = record(tmp_path, "resize_param { height: 30 width: 40 }", kind="AnnotatedData")
    assert found == Preprocessing(colour="BGR", resize=(30, 40))


def test_a_net_that_says_nothing(tmp_path: Path) -> None:
    text = DATA.format(type="Data", transform="", block="").replace("transform_param {  }", "")
    (tmp_path / "net.prototxt").write_text(text)
    assert load(tmp_path / "net.prototxt", shapes={"data": (1, 3, 5, 4)}).notes.preprocessing is None
    assert record(tmp_path, "scale: 2", channels=5) is None


@pytest.mark.parametrize(
    ("transform", "said"),
    [
        ('mean_file: "gone.binaryproto"', "there is no mean file 'gone.binaryproto'"),
        ('mean_file: "net.prototxt"', "net.prototxt"),
        ('mean_file: "a" mean_value: 3', "has both mean_file and mean_value"),
        ("mean_value: 3 mean_value: 4", "mean has 2 numbers"),
        ("scale: inf", "scale is a finite number, not inf"),
        ("resize_param { resize_mode: FIT_SMALL_SIZE height: 9 width: 9 }", "FIT_SMALL_SIZE cannot be followed"),
    ],
)
def test_what_cannot_be_followed_is_said_and_left_out(
    tmp_path: Path, transform: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "mocha"):
        assert record(tmp_path, transform) is None
    assert said in caplog.text
    assert "so the net has no preprocessing record, and takes no images as bytes" in caplog.text


def test_the_users_own_goes_first(tmp_path: Path) -> None:
    model(tmp_path, "scale: 2")
    mine = Preprocessing(colour="RGB")
    found = load(tmp_path / "net.prototxt", shapes={"data": (1, 3, 5, 4)}, preprocessing=mine).notes
    assert found.preprocessing == mine
    assert found.source == "net.prototxt"


def test_pixels_of_an_image_reach_the_net_in_caffes_order(tmp_path: Path) -> None:
    image = np.zeros((5, 4, 3), np.uint8)
    image[..., 0], image[..., 2] = 200, 10  # red, blue
    found = model(tmp_path, "scale: 0.5 mean_value: 4 mean_value: 5 mean_value: 6").predict(image)
    np.testing.assert_allclose(found.reshape(-1), [3, -2.5, 97], rtol=1e-6)


def test_a_real_mean_image(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "imagenet_mean" / "ilsvrc_2012_mean.binaryproto"
    found = record(tmp_path, f'mean_file: "{path}" crop_size: 227')
    assert found is not None
    assert (found.resize, found.crop, found.mean.shape) == ((256, 256), (227, 227), (3, 256, 256))
    assert found.apply(shared / "data" / "images" / "cat.jpg").shape == (1, 3, 227, 227)
    blue, green, red = found.mean.mean(axis=(1, 2))
    assert blue < green < red


def test_squeezenet_sees_a_tabby_cat_in_the_photo(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "caffe" / "squeezenet_v1.1"
    files = folder / "deploy.prototxt", folder / "squeezenet_v1.1_fp16.caffemodel"
    how = Preprocessing(colour="BGR", resize=(227, 227), mean=(104, 117, 123))
    net = load(*files, preprocessing=how, licence=folder / "LICENSE")
    photo = shared / "data" / "images" / "cat.jpg"
    prob = net.predict(photo).reshape(-1)
    names = (shared / "data" / "images" / "synset_words.txt").read_text().splitlines()
    assert "tabby" in names[prob.argmax()]
    np.testing.assert_allclose(prob, np.load(folder / "reference_cat.npz")["out/prob"].reshape(-1), atol=2e-5)
    # And from a file of Mocha's, which brings the record and the licence along.
    mocha.save_network(tmp_path / "squeezenet.h5", net)
    again = load(files[0], tmp_path / "squeezenet.h5")
    np.testing.assert_array_equal(again.predict([photo]).reshape(-1), prob)
    assert again.notes.licence.startswith("BSD LICENSE.")
    assert again.notes == net.notes


def test_squeezenets_training_file_says_it_but_for_the_size(shared: Path) -> None:
    folder = shared / "data" / "caffe" / "squeezenet_v1.1"
    net = load(folder / "train_val.prototxt", shapes={"data": (1, 3, 227, 227)})
    assert net.notes.preprocessing == Preprocessing(colour="BGR", crop=227, mean=(104, 117, 123))
