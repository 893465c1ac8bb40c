"""Images dealt out by the stride of their windows, so that a cell of all windows lies in one stretch of memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mocha_core.blob import Array
from mocha_core.ops import Axis, Grid

from .pooling_axes import reach


@dataclass(frozen=True, slots=True)
class Phases:
    """How an image is dealt out: `count` phases along each side, of `size`, of which the windows are the first."""

    grid: Grid
    count: tuple[int, int]
    size: tuple[int, int]

    @classmethod
    def of(cls, grid: Grid) -> Self:
        """The phases that the windows of a pooling need."""
        rows, columns = grid.rows, grid.columns
        count = (min(rows.stride, rows.kernel), min(columns.stride, columns.kernel))
        return cls(grid, count, (_length(rows), _length(columns)))

    def deal(self, x: Array, dealt: Array) -> list[tuple[Array, Array]]:
        """(target, source) for each phase."""
        found = []
        for i, j in np.ndindex(*self.count):
            down, of_rows = reach(replace(self.grid.rows, out=self.size[0]), i)
            right, of_columns = reach(replace(self.grid.columns, out=self.size[1]), j)
            found.append((dealt[i, j, :, :, down, right], x[:, :, of_rows, of_columns]))
        return found

    def cells(self, dealt: Array) -> list[Array]:
        """For each cell of a window, in row order, the flat stretch that begins with that cell of the first window."""
        rows, columns = self.grid.rows, self.grid.columns
        found = []
        for i, j in np.ndindex(rows.kernel, columns.kernel):
            shift = i // rows.stride * self.size[1] + j // columns.stride
            found.append(dealt[i % rows.stride, j % columns.stride].reshape(-1)[shift:])
        return found

    def windows(self, cell: Array, y: Array) -> Array:
        """One of `cells` as an array of y's shape."""
        height, width = self.size
        steps = (y.shape[1] * height * width, height * width, width, 1)
        return as_strided(cell, y.shape, [step * cell.itemsize for step in steps])


def _length(axis: Axis) -> int:
    return axis.out + (axis.kernel - 1) // axis.stride
