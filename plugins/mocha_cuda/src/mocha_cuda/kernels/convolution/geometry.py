"""The numbers of a convolution, as kernel sources take them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mocha_core.blob import Shape
from mocha_core.ops.sizes import along

INT = 2**31 - 1
"""What an `int` of a kernel can count."""

Table = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A convolution of images (num, channels, height, width); pairs are (height, width)."""

    num: int
    channels: int
    height: int
    width: int
    filters: int
    rows: int
    columns: int
    groups: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    dilation: tuple[int, ...]

    @classmethod
    def of(cls, layer: Any, shape: Shape) -> Self:
        """Of a convolution layer on bottoms of this shape."""
        grid = layer.grid(shape)
        num, channels, height, width = shape
        rows, columns = grid.out
        kernel, stride, pad, dilation = (
            along(option, 2) for option in (layer.kernel, layer.stride, layer.pad, layer.dilation)
        )
        sizes = (num, channels, height, width, layer.n_filter, rows, columns, layer.n_group)
        return cls(*sizes, kernel, stride, pad, dilation)

    @property
    def cells(self) -> int:
        """Of a window, in one channel."""
        return math.prod(self.kernel)

    @property
    def depth(self) -> int:
        """Numbers of a filter: cells of all channels of its group."""
        return self.channels // self.groups * self.cells

    @property
    def places(self) -> int:
        """Windows on an image."""
        return self.rows * self.columns

    @property
    def outputs(self) -> Shape:
        """The shape of the results."""
        return self.num, self.filters, self.rows, self.columns

    @property
    def flops(self) -> int:
        """Two for each product."""
        return 2 * self.num * self.places * self.filters * self.depth

    @property
    def fits(self) -> bool:
        """Whether every number of an image, and of the outputs' places, is an `int`."""
        image = self.channels * self.height * self.width
        return max(image, self.filters * self.places, self.filters * self.depth, self.num * self.places) <= INT

    @property
    def is_counted(self) -> bool:
        """Whether four times the places, or the pixels, of all images are an `int`, so that kernels number them."""
        return 4 * self.num * max(self.places, self.height * self.width) <= INT - 4096

    @property
    def numbers(self) -> tuple[int, ...]:
        """What the kernels of `sources/convolution.cuh` are told."""
        sizes = (self.num, self.channels, self.height, self.width, self.filters, self.rows, self.columns)
        return (*sizes, self.groups, self.cells, *self.stride, *self.pad)

    @property
    def lie(self) -> tuple[int, ...]:
        """What the kernels of `sources/im2col.cu` are told, behind the number of images."""
        sizes = (self.channels, self.height, self.width, self.rows, self.columns)
        return (*sizes, *self.kernel, *self.stride, *self.pad, *self.dilation)

    def cell_table(self) -> Table:
        """For each number of a filter where its cell lies, from the window's corner on: place, row, column."""
        channel, y, x = np.indices((self.channels // self.groups, *self.kernel), np.int32).reshape(3, -1)
        y, x = y * self.dilation[0], x * self.dilation[1]
        offsets = (channel * self.height + y) * self.width + x
        return np.stack([offsets, y, x, np.zeros_like(y)], axis=1).astype(np.int32)

    def filter_table(self) -> Table:
        """For each cell of each filter of a group: the filter, its row and column, its place among the filters."""
        filters, y, x = np.indices((self.filters // self.groups, *self.kernel), np.int32).reshape(3, -1)
        places = filters * self.depth + y * self.kernel[1] + x
        return np.stack([filters, y * self.dilation[0], x * self.dilation[1], places], axis=1).astype(np.int32)
