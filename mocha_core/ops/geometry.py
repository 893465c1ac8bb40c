"""Where the windows of a convolution or a pooling lie on an image. All pairs are (height, width)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from ..errors import OptionError

Pair: TypeAlias = tuple[int, int]
Size: TypeAlias = int | Sequence[int]
"""What users may write for a pair: `3` means `(3, 3)`."""


def pair(value: Any, option: str = "it", least: int = 0) -> Pair:
    """`value` as (height, width), both integers of at least `least`; `option` names it in the error.

    >>> pair(3), pair([5, 3])
    ((3, 3), (5, 3))
    """
    items = (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, Sequence) else ()
    if len(items) != 2 or not all(isinstance(item, int) and item >= least for item in items):
        raise OptionError(f"{option} is a pair (height, width) of integers of at least {least}, not {value!r}")
    return items[0], items[1]


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
    def last_start(self) -> int:
        """Where in the image the last window starts; at or beyond `size` it is empty."""
        return (self.out - 1) * self.stride - self.pad


@dataclass(frozen=True, slots=True)
class Grid:
    """The windows of a convolution or a pooling on an image."""

    rows: Axis
    columns: Axis

    @classmethod
    def convolution(cls, size: Pair, kernel: Pair, stride: Pair, pad: Pair, dilation: Pair = (1, 1)) -> Self:
        """The windows of a convolution on images of this size."""
        rows, columns = zip(size, kernel, stride, pad, dilation, strict=True)
        return cls(Axis.convolution(*rows), Axis.convolution(*columns))

    @classmethod
    def pooling(cls, size: Pair, kernel: Pair, stride: Pair, pad: Pair) -> Self:
        """The windows of a pooling on images of this size."""
        rows, columns = zip(size, kernel, stride, pad, strict=True)
        clip = any(p > 0 for p in pad)
        return cls(Axis.pooling(*rows, clip), Axis.pooling(*columns, clip))

    @property
    def size(self) -> Pair:
        """Shape of the image."""
        return self.rows.size, self.columns.size

    @property
    def out(self) -> Pair:
        """How many windows there are along each side."""
        return self.rows.out, self.columns.out

    @property
    def cells(self) -> int:
        """Cells of one window."""
        return self.rows.kernel * self.columns.kernel

    def each_cell(self) -> list[tuple[slice, slice]]:
        """For each cell of a window, in row order: where it lies in the padded image, over all windows."""
        kernel = self.rows.kernel, self.columns.kernel
        return [(self.rows.cell(i), self.columns.cell(j)) for i in range(kernel[0]) for j in range(kernel[1])]
