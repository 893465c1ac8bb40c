"""Images in other sizes: the bytes that OpenCV's resize gives."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from mocha_caffe.data.resizing import resized

IMAGE = np.moveaxis(((np.arange(5 * 7 * 3).reshape(5, 7, 3) * 37) % 251).astype(np.uint8), -1, 0)
LARGER = [
    [0, 74, 160, 191, 82, 168, 115, 90, 164],
    [11, 84, 171, 201, 92, 179, 126, 100, 175],
    [26, 99, 179, 204, 107, 194, 141, 115, 190],
    [41, 114, 124, 97, 122, 209, 156, 130, 205],
    [56, 129, 104, 51, 137, 163, 136, 145, 220],
    [71, 144, 119, 66, 152, 56, 81, 160, 235],
    [86, 159, 134, 81, 167, 58, 89, 128, 108],
    [96, 170, 145, 91, 178, 69, 99, 102, 9],
]
SMALLER = [[49, 212, 187, 130], [90, 33, 227, 170], [129, 73, 47, 106]]
FLATTER = [
    [18, 68, 139, 210, 189, 100, 170, 173, 84, 131, 182],
    [78, 128, 176, 87, 89, 160, 71, 50, 121, 157, 179],
]


@pytest.mark.parametrize("expected", [LARGER, SMALLER, FLATTER])
def test_every_byte_as_in_opencv(expected):
    size = len(expected), len(expected[0])
    np.testing.assert_array_equal(resized(IMAGE[:1], *size)[0], expected)


@pytest.mark.parametrize(
    ("size", "checksum"), [((64, 48), 2075404588), ((227, 113), 3153999354), ((12, 300), 2079333877)]
)
def test_large_images_by_the_checksum_of_opencvs(size, checksum):
    image = resized(np.tile(IMAGE, (1, 9, 9)), *size)
    assert image.shape == (3, *size)
    assert zlib.crc32(np.ascontiguousarray(image).tobytes()) == checksum


def test_of_one_size_nothing_happens():
    assert resized(IMAGE, 5, 7) is IMAGE
