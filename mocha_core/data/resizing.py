"""Images of bytes in another size, bilinear, in the whole numbers of OpenCV's `resize`, which Caffe's tools use."""

from __future__ import annotations

import numpy as np

from .source import HostArray

ONE = 1 << 11
"""A weight of 1."""


def resized(image: HostArray, height: int, width: int) -> HostArray:
    """The image (h, w, channels) of bytes in that size; linear between pixels, not smoothed where it shrinks.

    Centres lie on centres: pixel i of n looks at (i + 1/2) h / n - 1/2. Weights have 11 bits, and sums lose 4 bits
    before the second step, so that each byte is that of OpenCV.

    >>> resized(np.array([[[0], [100]]], np.uint8), 1, 4)[0, :, 0].tolist()
    [0, 25, 75, 100]
    """
    if image.shape[:2] == (height, width):
        return image
    (upper, lower), (above, below) = _taps(image.shape[0], height, beyond=True)
    (left, right), (before, after) = _taps(image.shape[1], width, beyond=False)

    def row(numbers: HostArray) -> HostArray:
        rows = image[numbers].astype(np.int32)
        return np.asarray(rows[:, left] * before[:, None] + rows[:, right] * after[:, None]) >> 4

    sums = [share[:, None, None] * row(at) >> 16 for at, share in ((upper, above), (lower, below))]
    return np.asarray(np.clip((sums[0] + sums[1] + 2) >> 2, 0, 255), np.uint8)


def _taps(have: int, want: int, beyond: bool) -> tuple[tuple[HostArray, HostArray], tuple[HostArray, HostArray]]:
    """For each new pixel the two old ones beside it, and their weights; `beyond` the edge both are the last one."""
    places = ((np.arange(want) + 0.5) * (have / want) - 0.5).astype(np.float32)
    first = np.floor(places).astype(np.intp)
    part = places - first.astype(np.float32)
    if not beyond:
        part[(first < 0) | (first >= have - 1)] = 0
    weights = [np.rint(share * np.float32(ONE)).astype(np.int32) for share in (1 - part, part)]
    return (np.clip(first, 0, have - 1), np.clip(first + 1, 0, have - 1)), (weights[0], weights[1])
