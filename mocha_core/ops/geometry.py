"""Where the windows of a convolution or a pooling lie on an image of any number of axes, such as (height, width)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .sizes import Size, along


@dataclass(frozen=True, slots=True)
class Axis:
    """`out` windows of `kernel` cells along one side, of length `size`, of an image.

    Window j starts at j * stride - pad; its cells are `dilation` apart.
    """

    size: int
    out: int
    kernel: int
    stride: int = 1
    pad: int = 0
    dilation: int = 1

    @classmethod
    def convolution(cls, size: int, kernel: int, stride: int = 1, pad: int = 0, dilation: int = 1) -> Self:
        """As many windows as fit entirely (the floor rule); `out` is below 1 where not one does.

        >>> Axis.convolution(227, kernel=11, stride=4).out
        55
        """
        span = (kernel - 1) * dilation + 1
        return cls(size, (size + 2 * pad - span) // stride + 1, kernel, stride, pad, dilation)

    @classmethod
    def pooling(cls, size: int, kernel: int, stride: int = 1, pad: int = 0, clip: bool | None = None) -> Self:
        """As many windows as cover the side (Caffe's ceil rule); the last one may stick out.

        clip: drop a last window that would start beyond the image and its front padding; Caffe clips both sides of an
        image if either is padded, so the default is whether this one is.

        >>> Axis.pooling(32, kernel=3, stride=2).out
        16
        """
        out = -(-(size + 2 * pad - kernel) // stride) + 1
        if (pad > 0 if clip is None else clip) and (out - 1) * stride >= size + pad:
            out -= 1
        return cls(size, out, kernel, stride, pad)

    @classmethod
    def deconvolution(cls, out: int, kernel: int, stride: int = 1, pad: int = 0, dilation: int = 1) -> Self:
        """The side that `out` windows of a convolution make up without a rest; below 1 where padding takes it all.

        >>> Axis.deconvolution(5, kernel=4, stride=2, pad=1).size
        10
        """
        return cls((out - 1) * stride + (kernel - 1) * dilation + 1 - 2 * pad, out, kernel, stride, pad, dilation)

    @property
    def padded(self) -> int:
        """Length of the padded side: front padding, image, and what the last window needs beyond it."""
        return max(self.pad + self.size, (self.out - 1) * self.stride + (self.kernel - 1) * self.dilation + 1)

    @property
    def image(self) -> slice:
        """The elements of the padded side that are the image."""
        return slice(self.pad, self.pad + self.size)

    def cell(self, index: int) -> slice:
        """The elements of the padded side that are cell `index` of their windows."""
        first = index * self.dilation
        return slice(first, first + (self.out - 1) * self.stride + 1, self.stride)

    def extents(self) -> list[int]:
        """For each window how many of its cells lie in the image or its padding; Caffe's mean divides by these.

        >>> Axis.pooling(6, kernel=3, stride=2).extents()
        [3, 3, 2]
        """
        starts = (j * self.stride - self.pad for j in range(self.out))
        return [min(start + self.kernel, self.size + self.pad) - start for start in starts]

    @property
    def taps(self) -> int:
        """How many pairs of a window and one of its cells lie in the image: what need not be done for padding is not.

        >>> Axis.convolution(4, kernel=3, pad=1).taps
        10
        """
        offsets = range(-self.pad, self.kernel * self.dilation - self.pad, self.dilation)
        return sum(0 <= j * self.stride + offset < self.size for j in range(self.out) for offset in offsets)

    @property
    def last_start(self) -> int:
        """Where in the image the last window starts; at or beyond `size` it is empty."""
        return (self.out - 1) * self.stride - self.pad


@dataclass(frozen=True, slots=True)
class Grid:
    """The windows of a convolution or a pooling on an image, axis by axis.

    Kernel, stride, pad and dilation may be given as one number for all axes.

    >>> Grid.convolution((28, 20), kernel=5, stride=(1, 3)).out
    (24, 6)
    """

    axes: tuple[Axis, ...]

    @classmethod
    def convolution(
        cls, size: Sequence[int], kernel: Size, stride: Size = 1, pad: Size = 0, dilation: Size = 1
    ) -> Self:
        """The windows of a convolution on images of this size."""
        return cls(tuple(Axis.convolution(*numbers) for numbers in _by_axis(size, kernel, stride, pad, dilation)))

    @classmethod
    def deconvolution(
        cls, out: Sequence[int], kernel: Size, stride: Size = 1, pad: Size = 0, dilation: Size = 1
    ) -> Self:
        """The windows of the convolution that makes `out` of what a deconvolution makes of `out`."""
        return cls(tuple(Axis.deconvolution(*numbers) for numbers in _by_axis(out, kernel, stride, pad, dilation)))

    @classmethod
    def pooling(cls, size: Sequence[int], kernel: Size, stride: Size = 1, pad: Size = 0) -> Self:
        """The windows of a pooling on images of this size."""
        clip = any(p > 0 for p in along(pad, len(size)))
        return cls(tuple(Axis.pooling(n, k, s, p, clip) for n, k, s, p in _by_axis(size, kernel, stride, pad)))

    @property
    def rows(self) -> Axis:
        """The height of a flat image."""
        return self.axes[-2]

    @property
    def columns(self) -> Axis:
        """The width of an image."""
        return self.axes[-1]

    @property
    def size(self) -> tuple[int, ...]:
        """Shape of the image."""
        return tuple(axis.size for axis in self.axes)

    @property
    def out(self) -> tuple[int, ...]:
        """How many windows there are along each axis."""
        return tuple(axis.out for axis in self.axes)

    @property
    def padded(self) -> tuple[int, ...]:
        """Shape of the padded image."""
        return tuple(axis.padded for axis in self.axes)

    @property
    def image(self) -> tuple[slice, ...]:
        """The elements of the padded image that are the image."""
        return tuple(axis.image for axis in self.axes)

    @property
    def kernel(self) -> tuple[int, ...]:
        """Shape of one window."""
        return tuple(axis.kernel for axis in self.axes)

    @property
    def cells(self) -> int:
        """Cells of one window."""
        return math.prod(self.kernel)

    @property
    def taps(self) -> int:
        """How many pairs of a window and one of its cells lie in the image."""
        return math.prod(axis.taps for axis in self.axes)

    def each_cell(self) -> list[tuple[slice, ...]]:
        """For each cell of a window, in row order: where it lies in the padded image, over all windows."""
        sides = ([axis.cell(index) for index in range(axis.kernel)] for axis in self.axes)
        return list(itertools.product(*sides))

    def extents(self) -> Any:
        """For each window how many of its cells lie in the image or its padding, as nested lists.

        >>> Grid.pooling((3, 6), kernel=(2, 3), stride=2).extents()
        [[6, 6, 4], [3, 3, 2]]
        """
        extents = np.ones((), int)
        for axis in self.axes:
            extents = np.multiply.outer(extents, axis.extents())
        return extents.tolist()


def _by_axis(size: Sequence[int], *options: Size) -> list[tuple[int, ...]]:
    """For each axis its size and options."""
    return list(zip(size, *(along(option, len(size)) for option in options), strict=True))
