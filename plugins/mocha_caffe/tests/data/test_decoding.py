"""Image files as pixels."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from mocha_caffe.data.decoding import decode, encode
from mocha_core import DataError, PluginError

from .databases import bgr, file_of, planes

RGB = np.moveaxis(planes(1, 3, 16, 24)[0], 0, -1)
RGBA = np.moveaxis(planes(1, 4, 6, 5)[0], 0, -1)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM", "TIFF"])
def test_kinds_without_loss(kind):
    np.testing.assert_array_equal(decode(file_of(RGB, kind), "native", "here"), bgr(RGB))


def test_from_a_file(tmp_path):
    (tmp_path / "a.png").write_bytes(file_of(RGB))
    np.testing.assert_array_equal(decode(tmp_path / "a.png", "color", "here"), bgr(RGB))


def test_an_opacity_is_the_fourth_channel_natively_and_dropped_else():
    stored = file_of(RGBA)
    np.testing.assert_array_equal(decode(stored, "native", "here"), np.moveaxis(RGBA[..., [2, 1, 0, 3]], -1, 0))
    np.testing.assert_array_equal(decode(stored, "color", "here"), bgr(RGBA[..., :3]))


def test_a_palette_is_colours(tmp_path):
    image = Image.fromarray(RGB).quantize(8)
    image.save(tmp_path / "a.png")
    expected = bgr(np.asarray(image.convert("RGB")))
    np.testing.assert_array_equal(decode(tmp_path / "a.png", "native", "here"), expected)


def test_gray_is_the_luminance():
    """0.299 red + 0.587 green + 0.114 blue, rounded."""
    expected = RGB.astype(float) @ [0.299, 0.587, 0.114]
    assert np.abs(decode(file_of(RGB), "gray", "here")[0] - expected).max() <= 0.51


def test_a_gray_jpeg_is_its_own_luminance_plane():
    stored = file_of(RGB, "JPEG", quality=95)
    with Image.open(io.BytesIO(stored)) as opened:
        opened.draft("YCbCr", opened.size)
        luminance = np.asarray(opened.convert("YCbCr"))[..., 0]
    np.testing.assert_array_equal(decode(stored, "gray", "here")[0], luminance)


def test_sixteen_bits_are_refused(tmp_path):
    Image.fromarray(np.full((4, 4), 40000, np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(DataError, match=r"^here: an image with other than eight bits a channel \(I;16"):
        decode(tmp_path / "a.png", "native", "here")


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(DataError, match=r"^here: an image of 9000 x 9000 pixels; at most"):
        decode(file_of(np.zeros((9000, 9000), np.uint8)), "native", "here")


def test_encoding_keeps_the_order_of_colours():
    np.testing.assert_array_equal(decode(encode(bgr(RGB), "png"), "native", "here"), bgr(RGB))
    np.testing.assert_array_equal(decode(encode(bgr(RGB)[:1], "bmp"), "native", "here"), bgr(RGB)[:1])


def test_encoding_as_something_strange():
    with pytest.raises(DataError, match="images are not written as 'gif'; take png or jpg"):
        encode(bgr(RGB), "gif")


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(PluginError, match=r"pip install 'mocha-caffe\[images\]'"):
        decode(b"", "native", "here")
