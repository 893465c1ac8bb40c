"""The numbers of one convolution, and its windows as strided views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from numpy.lib.stride_tricks import as_strided

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.layers import ConvolutionLayer
from mocha_core.ops import Axis, Grid


@dataclass(frozen=True, slots=True)
class Conv:
    """`num` images of `channels` are convolved by `filters` filters, both in `groups`, in the windows of `grid`."""

    num: int
    channels: int
    filters: int
    groups: int
    grid: Grid

    @classmethod
    def of(cls, layer: ConvolutionLayer, bottom: BlobSpec) -> Self:
        """The convolution of a layer on bottoms of this shape."""
        return cls(bottom.shape[0], bottom.shape[1], layer.n_filter, layer.n_group, layer.grid(bottom.shape))

    @property
    def inputs(self) -> int:
        """Channels of a group."""
        return self.channels // self.groups

    @property
    def outputs(self) -> int:
        """Filters of a group."""
        return self.filters // self.groups

    @property
    def kernel(self) -> Shape:
        return self.grid.rows.kernel, self.grid.columns.kernel

    @property
    def terms(self) -> int:
        """Products in one output."""
        return self.inputs * self.grid.cells

    @property
    def windows(self) -> int:
        """Outputs of one filter on one image."""
        return self.grid.out[0] * self.grid.out[1]

    @property
    def padded(self) -> Shape:
        """Size of the image with what its windows need around it."""
        return self.grid.rows.padded, self.grid.columns.padded

    @property
    def needs_padding(self) -> bool:
        return self.padded != self.grid.size

    @property
    def one_by_one(self) -> bool:
        """The windows are the elements of the image themselves."""
        return self.grid.cells == 1 and self.padded == self.grid.size == self.grid.out

    @property
    def filter_shape(self) -> Shape:
        """The parameter, its groups apart: (groups, outputs, inputs, kernel height, kernel width)."""
        return self.groups, self.outputs, self.inputs, *self.kernel

    @property
    def reflects(self) -> bool:
        """The gradient by the image is itself a convolution: that of dy, by the filters turned around."""
        return all(a.stride == 1 and (a.kernel - 1) * a.dilation >= a.pad for a in (self.grid.rows, self.grid.columns))

    def reflected(self) -> Conv:
        """The convolution that makes dx of dy."""
        grid = Grid(tuple(_reflected(axis) for axis in self.grid.axes))
        return Conv(self.num, self.filters, self.channels, self.groups, grid)


def window_view(image: Array, grid: Grid, height: int, width: int) -> Array:
    """All windows of images as a view: axes `height` and `width` become (rows, columns), (kernel height, kernel width).

    The cells of a window come right after all windows: (..., rows, columns, kernel height, kernel width, ...).
    """
    shape, strides = list(image.shape), list(image.strides)
    rows, columns = grid.rows, grid.columns
    shape[height : width + 1] = [rows.out, columns.out, rows.kernel, columns.kernel]
    down, right = strides[height], strides[width]
    strides[height : width + 1] = [
        down * rows.stride,
        right * columns.stride,
        down * rows.dilation,
        right * columns.dilation,
    ]
    return as_strided(image, shape, strides)


def _reflected(axis: Axis) -> Axis:
    pad = (axis.kernel - 1) * axis.dilation - axis.pad
    return Axis(axis.out, axis.size, axis.kernel, 1, pad, axis.dilation)
