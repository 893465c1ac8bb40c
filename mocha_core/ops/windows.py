"""Windows of images as arrays, and the adjoint: what convolution and pooling are made of."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .geometry import Grid
from .registry import op


@op
def windows(xp: Any, x: Array, grid: Grid, outside: float = 0.0) -> Array:
    """The cells of all windows: (num, channels, height, width) -> (num, channels, cells, rows, columns).

    outside: the value of cells that lie beyond the image.
    """
    padded = _surround(xp, x, grid, outside)
    return xp.stack([padded[:, :, rows, columns] for rows, columns in grid.each_cell()], axis=2)


@op
def fold(xp: Any, cells: Array, grid: Grid) -> Array:
    """The adjoint of `windows`: each element of the image becomes the sum of the cells that show it."""
    num, channels = cells.shape[:2]
    padded = xp.zeros((num, channels, grid.rows.padded, grid.columns.padded), dtype=cells.dtype)
    for index, (rows, columns) in enumerate(grid.each_cell()):
        padded[:, :, rows, columns] += cells[:, :, index, :, :]
    return padded[:, :, grid.rows.image, grid.columns.image]


def _surround(xp: Any, x: Array, grid: Grid, value: float) -> Array:
    padded = xp.full((*x.shape[:2], grid.rows.padded, grid.columns.padded), value, dtype=x.dtype)
    padded[:, :, grid.rows.image, grid.columns.image] = x
    return padded
