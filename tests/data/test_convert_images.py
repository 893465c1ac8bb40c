"""`mocha data images`: files that a CSV lists, to HDF5."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from mocha_core.cli import data as command
from mocha_core.data.convert import images
from mocha_core.data.feed import Feed
from mocha_core.errors import DataError, MissingFileError, PluginError
from mocha_core.layers.hdf5_data import HDF5DataLayer

HEADER = "ImageName,Label,TrainTest"
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
PIXELS: Bytes = np.arange(2 * 4 * 6 * 3, dtype=np.uint8).reshape(2, 4, 6, 3)
"""Two colour images, height 4, width 6; no two values are equal."""


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, pixels in zip(("a.png", "b.bmp"), PIXELS, strict=True):
        Image.fromarray(pixels).save(folder / name)
    return folder


@pytest.fixture
def listed(folder: Path) -> Callable[..., Path]:
    def write(*lines: str, header: str = HEADER) -> Path:
        path = folder / "list.csv"
        path.write_text("\n".join([header, *lines]))
        return path

    return write


def test_each_set_gets_a_file_and_a_list(listed: Callable[..., Path], tmp_path: Path) -> None:
    said: list[str] = []
    listing = listed("b.bmp, 7, train", "a.png, 2.5, test", "pictures/a.png, 0, train", "")
    images.convert(listing, tmp_path / "out", say=said.append)
    expected = PIXELS.transpose(0, 3, 1, 2).astype("float32")
    with h5py.File(tmp_path / "out/train.hdf5") as train, h5py.File(tmp_path / "out/test.hdf5") as test:
        np.testing.assert_array_equal(train["data"], expected[::-1])
        np.testing.assert_array_equal(train["label"], [[7], [0]])
        np.testing.assert_array_equal(test["data"], expected[:1])
        np.testing.assert_array_equal(test["label"], [[2.5]])
        assert {train["data"].dtype, train["label"].dtype} == {np.dtype("float32")}
        assert train["data"].chunks is None
    assert "train.hdf5: 2 images" in said[0]
    feed = Feed(HDF5DataLayer(source=str(tmp_path / "out/train.txt"), batch_size=2).open_source(0), "float32")
    np.testing.assert_array_equal(feed.fetch()[1], [[7], [0]])
    feed.close()


def test_resizing_takes_height_then_width(listed: Callable[..., Path], folder: Path, tmp_path: Path) -> None:
    Image.fromarray(np.full((9, 2, 3), 200, np.uint8)).save(folder / "tall.png")
    args = parse(str(listed("tall.png,0,x", "a.png,1,x")), "--to", "out", "--size", "3", "5")
    assert args.run(args) == 0
    with h5py.File(tmp_path / "out/x.hdf5") as file:
        assert file["data"].shape == (2, 3, 3, 5)
        assert np.unique(file["data"][0]).tolist() == [200]


def test_gray_is_the_luminance(listed: Callable[..., Path], tmp_path: Path) -> None:
    args = parse(str(listed("a.png,0,x")), "--to", "out", "--gray")
    args.run(args)
    with h5py.File(tmp_path / "out/x.hdf5") as file:
        luminance = PIXELS[:1] @ np.array([0.299, 0.587, 0.114])
        assert file["data"].shape == (1, 1, 4, 6)
        np.testing.assert_allclose(file["data"][:, 0], luminance, atol=1)


def test_a_camera_that_lay_on_its_side(listed: Callable[..., Path], folder: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    Image.fromarray(PIXELS[0]).save(folder / "a.png", exif=exif)
    images.convert(listed("a.png,0,x"), tmp_path / "out", say=quiet)
    with h5py.File(tmp_path / "out/x.hdf5") as file:
        np.testing.assert_array_equal(file["data"][0], np.rot90(PIXELS[0], -1).transpose(2, 0, 1))


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    return parser.parse_args(["data", "images", *words])


FAULTS: dict[str, tuple[list[str], str]] = {
    "other size": (["a.png,0,x", "turned.png,0,x"], r"line 3.*turned\.png is 6 x 4 pixels.*a\.png 4 x 6.*--size 4 6"),
    "no image": (["text.png,0,x"], r"line 2.*text\.png cannot be read as an image"),
    "cut off": (["a.png,0,x", "cut.png,0,x"], r"line 3.*cut\.png cannot be read"),
    "16 bits": (["deep.png,0,x"], r"deep\.png has more than 8 bits"),
    "label": (["a.png,cat,x"], "line 2.*label is a number.*'cat'"),
    "no label": (["a.png"], "line 2.*label is a number"),
    "infinite label": (["a.png,inf,x"], "'inf'"),
    "set": (["a.png,0,../x"], "TrainTest names a set"),
    "no set": (["a.png,0,"], "TrainTest names a set"),
    "empty": ([], "lists no images"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_name_the_line_and_leave_no_file(
    listed: Callable[..., Path], folder: Path, tmp_path: Path, fault: str
) -> None:
    Image.fromarray(PIXELS[0].transpose(1, 0, 2)).save(folder / "turned.png")
    Image.fromarray(np.zeros((4, 6), np.uint16)).save(folder / "deep.png")
    (folder / "text.png").write_text("<html>")
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:-40])
    lines, said = FAULTS[fault]
    with pytest.raises(DataError, match=said):
        images.convert(listed(*lines), tmp_path / "out", say=quiet)
    assert not list((tmp_path / "out").glob("*"))


def test_what_is_missing(listed: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingFileError, match=r"line 3.*no image 'c\.png'"):
        images.convert(listed("a.png,0,x", "c.png,0,x"), tmp_path / "out", say=quiet)
    with pytest.raises(DataError, match="no column Label, TrainTest"):
        images.convert(listed("a.png,0,x", header="ImageName,Class,Set"), tmp_path / "out", say=quiet)
    with pytest.raises(MissingFileError, match=r"no list .*none\.csv"):
        images.convert(tmp_path / "none.csv", tmp_path / "out", say=quiet)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(PluginError, match=r"needs Pillow: pip install 'mocha-core\[images\]'"):
        images.convert(listed("a.png,0,x"), tmp_path / "out", say=quiet)
