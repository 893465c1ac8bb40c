"""Data, ImageData and WindowData of prototxts."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data import AlwaysRandomMirror, SubMeanFile, write_mean
from mocha_caffe.formats import parse_text, upgrade_net
from mocha_caffe.layers import DatumDataLayer, ImageDataLayer, WindowDataLayer
from mocha_caffe.translate import Settings, translate
from mocha_core import MissingFileError, OptionError, RandomCrop, RandomMirror, Scale, SubMean
from mocha_core.data.feed import Feed

from ..data.databases import planes, write_images

IMAGES = planes(6, 3, 8, 9)
MEAN = np.random.default_rng(2).normal(120, 9, (3, 8, 9)).astype(np.float32)
DATA = 'layer {{ name: "d" type: "Data" top: "x" top: "y" transform_param {{ {} }} data_param {{ {} }} }}'
PARAM = 'source: "db" batch_size: 4 backend: LMDB'


@pytest.fixture
def folder(tmp_path) -> Path:
    write_images(tmp_path / "db", IMAGES)
    write_mean(tmp_path / "mean.binaryproto", MEAN)
    return tmp_path


def translated(text: str, folder: Path, **settings):
    net = upgrade_net(parse_text(text, "NetParameter", name="net.prototxt")).net
    (layer,) = translate(net, Settings(**settings), folder=folder).layers
    return layer


def batch(layer, seed: int = 0):
    reader = Feed(layer.open_source(seed), "float32")
    found = tuple(array.copy() for array in reader.fetch())
    reader.close()
    return found


def test_a_database_beside_the_prototxt(folder):
    layer = translated(DATA.format("", PARAM), folder)
    assert layer == DatumDataLayer(name="d", tops=["x", "y"], source=str(folder / "db"), batch_size=4)
    np.testing.assert_array_equal(batch(layer)[0], IMAGES[:4])


@pytest.mark.parametrize("backend", ["", "backend: LEVELDB"])
def test_what_the_folder_holds_decides(folder, backend):
    layer = translated(DATA.format("", f'source: "db" batch_size: 4 {backend}'), folder)
    np.testing.assert_array_equal(batch(layer)[0], IMAGES[:4])


def test_scale_comes_after_the_mean(folder):
    layer = translated(DATA.format("scale: 0.5 mean_value: 104 mean_value: 117 mean_value: 123", PARAM), folder)
    mean = np.array([104, 117, 123], np.float32)[:, None, None]
    np.testing.assert_array_equal(batch(layer)[0], (IMAGES[:4] - mean) * np.float32(0.5))


def test_one_mean_value_for_all_channels(folder):
    layer = translated(DATA.format("mean_value: 127.5", PARAM), folder)
    np.testing.assert_array_equal(batch(layer)[0], IMAGES[:4] - np.float32(127.5))


def test_in_tests_the_middle_less_the_middle_of_the_mean(folder):
    layer = translated(DATA.format('crop_size: 5 scale: 2 mean_file: "mean.binaryproto"', PARAM), folder)
    expected = (IMAGES[:4] - MEAN)[..., 1:6, 2:7] * np.float32(2)
    np.testing.assert_array_equal(batch(layer.in_phase("test"))[0], expected)


def test_in_training_the_mean_is_taken_at_the_place_of_the_crop(folder):
    layer = translated(DATA.format('crop_size: 5 mean_file: "mean.binaryproto"', PARAM), folder, phase="train")
    whole = IMAGES - MEAN
    for sample, image in zip(batch(layer)[0], whole, strict=False):
        pieces = [image[:, top : top + 5, left : left + 5] for top in range(4) for left in range(5)]
        assert sum(np.array_equal(sample, piece) for piece in pieces) == 1


@pytest.mark.parametrize(("phase", "mirror"), [("train", RandomMirror()), ("test", AlwaysRandomMirror())])
def test_mirror_is_random_in_both_phases(folder, phase, mirror):
    layer = translated(DATA.format("mirror: true", PARAM), folder, phase=phase)
    assert layer.transformers == (("x", mirror),)
    assert layer.in_phase(phase).transformers == layer.transformers


def test_the_order_of_all_of_them(folder):
    with_file = DATA.format('mean_file: "mean.binaryproto" crop_size: 5 mirror: true scale: 3', PARAM)
    steps = [step for _, step in translated(with_file, folder, phase="train").transformers]
    assert steps == [SubMeanFile(str(folder / "mean.binaryproto")), RandomCrop(5), RandomMirror(), Scale(3.0)]
    with_values = DATA.format("mean_value: 9 crop_size: 5 mirror: true scale: 3", PARAM)
    steps = [step for _, step in translated(with_values, folder, phase="train").transformers]
    assert steps == [RandomCrop(5), SubMean(mean_values=9), RandomMirror(), Scale(3.0)]


def test_crops_that_are_no_squares(folder):
    assert batch(translated(DATA.format("crop_h: 3 crop_w: 4", PARAM), folder))[0].shape == (4, 3, 3, 4)


@pytest.mark.parametrize(
    ("transform", "param", "how"),
    [
        ("", "", "native"),
        ("force_color: true", "", "color"),
        ("force_gray: true", "", "gray"),
        ("", "force_encoded_color: true", "color"),
    ],
)
def test_what_encoded_images_become(folder, transform, param, how):
    assert translated(DATA.format(transform, f"{PARAM} {param}"), folder).decode == how


V1 = """layers {{ name: "d" type: DATA top: "x" top: "y"
  data_param {{ source: "db" batch_size: 4 rand_skip: 3 scale: 0.5 crop_size: 5 mirror: true {} }} }}"""
V0 = """layers {{ layer {{ name: "d" type: "data" source: "db" batchsize: 4 rand_skip: 3 scale: 0.5 cropsize: 5
  mirror: true {} }} top: "x" top: "y" }}"""


@pytest.mark.parametrize(("text", "mean"), [(V1, "mean_file"), (V0, "meanfile")])
def test_old_formats(folder, text, mean):
    layer = translated(text.format(f'{mean}: "mean.binaryproto"'), folder, phase="train")
    steps = [SubMeanFile(str(folder / "mean.binaryproto")), RandomCrop(5), RandomMirror(), Scale(0.5)]
    assert layer == DatumDataLayer(
        name="d",
        tops=["x", "y"],
        source=str(folder / "db"),
        batch_size=4,
        rand_skip=3,
        transformers=[("x", step) for step in steps],
    )


def test_old_fields_in_a_current_net_are_ignored_as_in_caffe_and_that_is_said(folder, caplog):
    with caplog.at_level(logging.WARNING, "mocha"):
        layer = translated(DATA.format("", f"{PARAM} scale: 0.5"), folder)
    assert layer.transformers == ()
    assert "net.prototxt:1:1: layer 'd' (Data): Caffe ignores scale outside of transform_param" in caplog.text


@pytest.mark.parametrize(
    ("transform", "param", "error", "text"),
    [
        ("", 'source: "gone" batch_size: 4', MissingFileError, "there is no database 'gone'; .*shapes=.*x.*227"),
        ("", "batch_size: 4", OptionError, "source is missing"),
        ("", 'source: "db"', OptionError, "batch_size is 0"),
        ('mean_file: "gone"', PARAM, MissingFileError, "there is no mean file 'gone'"),
        ('mean_file: "mean.binaryproto" mean_value: 1', PARAM, OptionError, "both mean_file and mean_value"),
        ("force_color: true force_gray: true", PARAM, OptionError, "both force_color and force_gray"),
        ("resize_param { }", PARAM, OptionError, "has resize_param, of a fork"),
        ("mean_value: 1 mean_value: 2", PARAM, ValueError, "there are 2 mean_values"),
    ],
)
def test_what_cannot_work_is_said_with_its_place(folder, transform, param, error, text):
    with pytest.raises(error, match=text) as raised:
        batch(translated(DATA.format(transform, param), folder))
    assert "net.prototxt:1:1" in str(raised.value) or "mean_values" in str(raised.value)


def test_image_data(folder):
    (folder / "pics").mkdir()
    for k, image in enumerate(IMAGES):
        Image.fromarray(np.moveaxis(image[::-1], 0, -1)).save(folder / "pics" / f"{k}.png")
    (folder / "list.txt").write_text("".join(f"{k}.png {k}\n" for k in range(6)))
    param = 'source: "list.txt" root_folder: "pics/" batch_size: 3 {}'
    text = 'layer {{ name: "d" type: "ImageData" top: "x" top: "y" image_data_param {{ {} }} }}'
    layer = translated(text.format(param.format("shuffle: true rand_skip: 2 new_height: 4 new_width: 5")), folder)
    assert isinstance(layer, ImageDataLayer)
    assert (layer.shuffle, layer.rand_skip, layer.size, layer.is_color) == (True, 2, (4, 5), True)
    x, y = batch(translated(text.format(param.format("")), folder))
    np.testing.assert_array_equal(x, IMAGES[:3])
    assert y.tolist() == [0, 1, 2]
    assert batch(translated(text.format(param.format("is_color: false")), folder))[0].shape == (3, 1, 8, 9)
    with pytest.raises(OptionError, match="new_height and new_width go together"):
        translated(text.format(param.format("new_height: 4")), folder)


def test_window_data(folder):
    (folder / "w.txt").write_text("# 0\na.png\n3\n8\n9\n1\n1 0.9 0 0 3 3\n")
    text = """layer { name: "d" type: "WindowData" top: "x" top: "y"
      transform_param { crop_size: 6 mirror: true mean_value: 1 mean_value: 2 mean_value: 3 scale: 0.5 }
      window_data_param { source: "w.txt" batch_size: 8 fg_threshold: 0.6 bg_threshold: 0.4 fg_fraction: 0.5
        context_pad: 2 crop_mode: "square" } }"""
    assert translated(text, folder) == WindowDataLayer(
        name="d",
        tops=["x", "y"],
        source=str(folder / "w.txt"),
        batch_size=8,
        crop_size=6,
        mirror=True,
        mean_values=[1, 2, 3],
        scale=0.5,
        fg_threshold=np.float32(0.6).item(),
        bg_threshold=np.float32(0.4).item(),
        fg_fraction=0.5,
        context_pad=2,
        crop_mode="square",
    )


@pytest.mark.parametrize("kind", ["Data", "ImageData", "WindowData"])
def test_replaced_by_an_input_its_files_need_not_be_there(kind):
    text = f"""layer {{ name: "d" type: "{kind}" top: "x" top: "y" }}
      layer {{ name: "p" type: "Power" bottom: "x" top: "p" }}"""
    net = upgrade_net(parse_text(text)).net
    assert translate(net, Settings(), {"x": (1, 3, 6, 6)}).inputs == ("x",)
