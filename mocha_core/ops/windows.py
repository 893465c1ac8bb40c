"""Windows of images as arrays, and the adjoint: what convolution and pooling are made of."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .geometry import Grid
from .registry import op


@op
def windows(xp: Any, x: Array, grid: Grid, outside: float = 0.0) -> Array:
    """The cells of all windows: (num, channels, *image) -> (num, channels, cells, *windows).

    outside: the value of cells that lie beyond the image.
    """
    padded = xp.full((*x.shape[:2], *grid.padded), outside, dtype=x.dtype)
    padded[:, :, *grid.image] = x
    return xp.stack([padded[:, :, *cell] for cell in grid.each_cell()], axis=2)


@op
def fold(xp: Any, cells: Array, grid: Grid) -> Array:
    """The adjoint of `windows`: each element of the image becomes the sum of the cells that show it."""
    padded = xp.zeros((*cells.shape[:2], *grid.padded), dtype=cells.dtype)
    for index, cell in enumerate(grid.each_cell()):
        padded[:, :, *cell] += cells[:, :, index, ...]
    return padded[:, :, *grid.image]
