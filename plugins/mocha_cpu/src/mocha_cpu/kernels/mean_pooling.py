"""The mean as a pooling function: sums along the rows, then along the columns, without padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Array
from mocha_core.ops import Grid

from ..chunks import images, stretches
from ..workspace import Want, carve
from .pooling_axes import reach

CACHE = 1 << 20
"""Bytes of sums that are worked on at once."""


class Mean:
    """Mean pooling of one bottom; `areas` is what the sums are divided by."""

    @staticmethod
    def wants_forward(shape: tuple[int, ...], grid: Grid, dtype: str) -> tuple[Want, ...]:
        """Sums of the rows of each window, for a chunk of images."""
        return (Want((_chunk(shape, grid, dtype), shape[1], grid.rows.out, shape[3]), dtype),)

    @staticmethod
    def wants_backward(shape: tuple[int, ...], grid: Grid, dtype: str) -> tuple[Want, ...]:
        """The same, and the shares of dy."""
        count = _chunk(shape, grid, dtype)
        return Want((count, shape[1], grid.rows.out, shape[3]), dtype), Want((count, shape[1], *grid.out), dtype)

    def __init__(self, x: Array, y: Array, grid: Grid, areas: Sequence[Sequence[int]], flat: Array) -> None:
        self.areas = np.asarray(areas, y.dtype)
        (sums,) = carve(flat, self.wants_forward(x.shape, grid, str(x.dtype)))
        self.jobs = [
            (x[part], sums[: part.stop - part.start], y[part])
            for part in stretches(len(x), _chunk(x.shape, grid, str(x.dtype)))
        ]
        self.down = [reach(grid.rows, cell) for cell in range(grid.rows.kernel)]
        self.right = [reach(grid.columns, cell) for cell in range(grid.columns.kernel)]

    def forward(self) -> None:
        for x, sums, y in self.jobs:
            sums.fill(0)
            for windows, cells in self.down:
                np.add(sums[:, :, windows], x[:, :, cells], out=sums[:, :, windows])
            y.fill(0)
            for windows, cells in self.right:
                np.add(y[..., windows], sums[..., cells], out=y[..., windows])
            np.divide(y, self.areas, out=y)


class MeanGradient:
    """dx of mean pooling: each dy is shared out equally."""

    def __init__(self, dy: Array, dx: Array, grid: Grid, areas: Sequence[Sequence[int]], flat: Array) -> None:
        self.areas = np.asarray(areas, dy.dtype)
        sums, shares = carve(flat, Mean.wants_backward(dx.shape, grid, str(dx.dtype)))
        self.jobs = []
        for part in stretches(len(dx), _chunk(dx.shape, grid, str(dx.dtype))):
            count = part.stop - part.start
            self.jobs.append((dy[part], shares[:count], sums[:count], dx[part]))
        self.down = [reach(grid.rows, cell) for cell in range(grid.rows.kernel)]
        self.right = [reach(grid.columns, cell) for cell in range(grid.columns.kernel)]

    def run(self) -> None:
        for dy, share, sums, dx in self.jobs:
            np.divide(dy, self.areas, out=share)
            sums.fill(0)
            for windows, cells in self.right:
                np.add(sums[..., cells], share[..., windows], out=sums[..., cells])
            dx.fill(0)
            for windows, cells in self.down:
                np.add(dx[:, :, cells], sums[:, :, windows], out=dx[:, :, cells])


def _chunk(shape: tuple[int, ...], grid: Grid, dtype: str) -> int:
    return images(shape[0], shape[1] * grid.rows.out * shape[3] * np.dtype(dtype).itemsize, CACHE)
