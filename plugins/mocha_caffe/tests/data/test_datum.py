"""Records of Caffe's databases."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.data.datum import read_datum, write_datum, write_encoded
from mocha_caffe.formats import Message, write_wire
from mocha_core import MochaError

from .databases import bgr, file_of, planes

RGB = np.moveaxis(planes(1)[0], 0, -1)


def record(**fields) -> bytes:
    return write_wire(Message("Datum", **fields))


def test_bytes():
    picture = read_datum(write_datum(planes(1)[0], 7), "here")
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, planes(1)[0])
    assert picture.label == 7


def test_floats():
    values = np.arange(12, dtype=np.float32).reshape(3, 2, 2) / 7
    picture = read_datum(write_datum(values, -1), "here")
    np.testing.assert_array_equal(picture.pixels, values)
    assert picture.label == -1


def test_floats_packed_as_newer_writers_have_them():
    packed = record(channels=1, height=1, width=2) + b"\x32\x08" + np.array([0.5, 2], "<f4").tobytes()
    assert read_datum(packed, "here").pixels.tolist() == [[[0.5, 2]]]


def test_bytes_go_before_floats():
    both = record(channels=1, height=1, width=1, data=np.array([9], np.uint8), float_data=np.array([1.0]))
    assert read_datum(both, "here").pixels.tolist() == [[[9]]]


def test_without_a_label_it_is_0():
    assert read_datum(record(channels=1, height=1, width=1, data=np.array([9], np.uint8)), "here").label == 0


def test_an_image_file_has_its_colours_turned():
    picture = read_datum(write_encoded(file_of(RGB), 3), "here")
    np.testing.assert_array_equal(picture.pixels, bgr(RGB))
    assert picture.label == 3


@pytest.mark.parametrize(("how", "channels"), [("native", 1), ("gray", 1), ("color", 3)])
def test_a_gray_image_file(how, channels):
    picture = read_datum(write_encoded(file_of(RGB[..., 0]), 3), "here", how)
    np.testing.assert_array_equal(picture.pixels, np.repeat(RGB[None, ..., 0], channels, axis=0))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x08\xff", "byte 1: a number goes on past the end"),
        (write_datum(planes(1)[0], 1)[:40], "byte 6: field 4 says it has 90 bytes.*truncated"),
        (record(channels=3, height=2, width=2, data=np.zeros(11, np.uint8)), "says it is 3 x 2 x 2 .*holds 11 numbers"),
        (record(channels=-3, height=-2, width=2, data=np.zeros(12, np.uint8)), "says it is -3 x -2 x 2"),
        (record(channels=2**31 - 1, height=2**31 - 1, width=9), "holds 0 numbers"),
        (b"", "says it is 0 x 0 x 0 .*holds 0 numbers"),
        (write_encoded(b"no image", 1), "cannot be read as an image"),
        (write_encoded(file_of(RGB)[:60], 1), "cannot be read as an image"),
        (write_encoded(b"", 1), "cannot be read as an image"),
    ],
)
def test_damaged_records_name_their_place(raw, text):
    with pytest.raises(MochaError, match=f"^db, record 'k'.*{text}"):
        read_datum(raw, "db, record 'k'")
