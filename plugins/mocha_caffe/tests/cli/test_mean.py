"""`mocha caffe mean`."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.data import read_mean
from mocha_core.cli.main import main

from ..data.databases import planes, write_images

IMAGES = planes(7)


def test_as_caffes_own_tool_writes_it(tmp_path, shared, capsys):
    folder = shared / "oracles" / "caffe" / "lmdb"
    assert main(["caffe", "mean", str(folder / "imgs_lmdb"), str(tmp_path / "mean.binaryproto")]) == 0
    assert (tmp_path / "mean.binaryproto").read_bytes() == (folder / "imgs_mean.binaryproto").read_bytes()
    assert capsys.readouterr().out.startswith("12 images of shape (3, 32, 32) (channels, height, width)\n")


def test_the_means_of_the_channels_are_printed_for_mean_value(tmp_path, capsys):
    assert main(["caffe", "mean", str(write_images(tmp_path / "db", IMAGES))]) == 0
    values = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()[1:]]
    assert values == pytest.approx(IMAGES.mean(axis=(0, 2, 3)), rel=1e-5)


def test_as_an_array(tmp_path):
    source = str(write_images(tmp_path / "db", IMAGES))
    assert main(["caffe", "mean", source, str(tmp_path / "mean.npy")]) == 0
    np.testing.assert_allclose(read_mean(tmp_path / "mean.npy"), IMAGES.mean(axis=0), rtol=2**-23)


def test_wrong_suffixes_are_found_before_anything_is_read(tmp_path, capsys):
    assert main(["caffe", "mean", str(tmp_path / "gone"), str(tmp_path / "mean.mat")]) != 0
    assert "a mean is written as" in capsys.readouterr().err


def test_images_of_different_sizes_have_none(tmp_path, capsys):
    source = str(write_images(tmp_path / "db", [IMAGES[0], IMAGES[1][:, :4]]))
    assert main(["caffe", "mean", source, str(tmp_path / "mean.npy")]) != 0
    assert "record '00000001' has the shape (3, 4, 5)" in capsys.readouterr().err
    assert not (tmp_path / "mean.npy").exists()
