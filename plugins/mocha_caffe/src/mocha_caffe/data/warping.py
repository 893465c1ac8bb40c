"""A window of an image, with something around it, in the size that a net reads: R-CNN's crop."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError

from .resizing import resized

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Warp:
    """size: of the result, in height and width.   context: so many of its pixels on each side show what is around.

    square: the window is widened to a square; else it is stretched to one.
    """

    size: int
    context: int = 0
    square: bool = False

    def place(self, image: HostArray, box: Box, mirror: bool) -> tuple[HostArray, int, int]:
        """The part of an image (channels, h, w) that is seen, in its final size, and where its first row and column go.

        box: x1, y1, x2, y2, all inside the window.   mirror: turned about the vertical axis.
        """
        height, width = image.shape[1:]
        if not (0 <= box[0] <= box[2] < width and 0 <= box[1] <= box[3] < height):
            raise DataError(f"the window {box} (x1, y1, x2, y2) is not inside the image, {height} x {width} pixels")
        whole = self._widened(box) if self.context or self.square else box
        (left, right, column, columns, after), (top, bottom, row, rows, _) = (
            _along(self.size, whole[axis], whole[axis + 2], side) for axis, side in ((0, width), (1, height))
        )
        column = after if mirror else column
        rows, columns = min(rows, self.size - row), min(columns, self.size - column)
        if min(rows, columns) < 1:
            return image[:, :0, :0], 0, 0
        part = resized(image[:, top : bottom + 1, left : right + 1], rows, columns)
        return part[..., ::-1] if mirror else part, row, column

    def _widened(self, box: Box) -> Box:
        """The window with its surroundings; it may go beyond the image."""
        x1, y1, x2, y2 = box
        scale = self.size / (self.size - 2 * self.context)
        half_width, half_height = (x2 - x1 + 1) / 2, (y2 - y1 + 1) / 2
        x, y = x1 + half_width, y1 + half_height
        if self.square:
            half_width = half_height = max(half_width, half_height)
        across, down = half_width * scale, half_height * scale
        return _round(x - across), _round(y - down), _round(x + across), _round(y + down)


def _along(size: int, first: int, last: int, side: int) -> tuple[int, int, int, int, int]:
    """Along one axis: the pixels that the image has; where they go, how many they become, and the space after them."""
    before, after = max(0, -first), max(0, last - side + 1)
    scale = size / (last - first + 1)
    first, last = first + before, last - after
    return first, last, _round(before * scale), _round((last - first + 1) * scale), _round(after * scale)


def _round(value: float) -> int:
    """To the nearest whole number; a half away from 0, as in C."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
