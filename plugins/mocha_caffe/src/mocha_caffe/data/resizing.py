"""Images (channels, height, width) in another size, as OpenCV's `resize` makes them for Caffe's tools."""

from __future__ import annotations

import numpy as np

from mocha_core.data import resizing
from mocha_core.data.source import HostArray
from mocha_core.errors import DataError

from .decoding import MOST_PIXELS


def resized(pixels: HostArray, height: int, width: int) -> HostArray:
    """The image (channels, h, w) of bytes in that size; see `mocha_core.data.resizing`.

    >>> resized(np.array([[[0, 100]]], np.uint8), 1, 4).tolist()
    [[[0, 25, 75, 100]]]
    """
    if pixels.shape[1:] == (height, width):
        return pixels
    if height * width > MOST_PIXELS:
        raise DataError(f"images are not resized to {height} x {width}; at most {MOST_PIXELS} pixels are made")
    return np.ascontiguousarray(np.moveaxis(resizing.resized(np.moveaxis(pixels, 0, -1), height, width), -1, 0))
