"""Moving sums along axes of images, as additions of one flat stretch of memory to itself, shifted.

The images lie in memory that is padded along these axes, so that shifting all of it by one row never mixes two images;
then every addition is one long run, however short the rows are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Array, Shape

from ..workspace import Want

Step = tuple[Array, Array, Array]
"""An addition: a, b, out."""


class MovingSum:
    """result[k] = x[k - behind] + ... + x[k - behind + length - 1] along each axis, with zeros beyond the ends.

    `clear` it, write x into `x(count, behind)`, `add_up` its `steps(count)`, read `result(count)`.
    """

    @staticmethod
    def wants(shape: Shape, axes: Sequence[int], length: int, dtype: str) -> list[Want]:
        """x padded, and the sums along one axis after the other."""
        padded = tuple(size + (length - 1 if axis in axes else 0) for axis, size in enumerate(shape))
        return [Want(padded, dtype)] * (1 + len(axes) if length > 1 else 1)

    def __init__(self, shape: Shape, axes: Sequence[int], length: int, buffers: Sequence[Array]) -> None:
        self.shape, self.axes, self.length, self.buffers = shape, axes, length, buffers

    def clear(self) -> None:
        """Zeros around x, and no strange numbers in what is added without need."""
        for buffer in self.buffers:
            buffer.fill(0)

    def x(self, count: int, behind: int) -> Array:
        """Where the first `count` images belong."""
        return self.buffers[0][self._inside(count, behind)]

    def result(self, count: int) -> Array:
        """The sums for the first `count` images."""
        return self.buffers[-1][self._inside(count, 0)]

    def steps(self, count: int) -> list[Step]:
        """The additions that make the sums of the first `count` images, in order."""
        found = []
        for axis, source, target in zip(self.axes, self.buffers, self.buffers[1:], strict=False):
            shift = source.strides[axis] // source.itemsize
            a, out = source[:count].reshape(-1), target[:count].reshape(-1)
            reach = a.size - (self.length - 1) * shift
            sums = out[:reach]
            cells = [a[k * shift : k * shift + reach] for k in range(self.length)]
            found += [(sums if k > 1 else cells[0], cells[k], sums) for k in range(1, self.length)]
        return found

    def _inside(self, count: int, start: int) -> tuple[slice, ...]:
        ranges = [slice(start, start + size) if k in self.axes else slice(size) for k, size in enumerate(self.shape)]
        return (slice(count), *ranges[1:])


def add_up(steps: Sequence[Step]) -> None:
    """Do the additions."""
    for a, b, out in steps:
        np.add(a, b, out=out)
