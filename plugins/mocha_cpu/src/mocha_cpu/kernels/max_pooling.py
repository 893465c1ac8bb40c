"""The maximum as a pooling function; it keeps where in its window each maximum was found."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Array
from mocha_core.ops import Grid

from ..chunks import images, stretches
from ..workspace import Want, carve

CACHE = 2 << 20
"""Bytes of images that are worked on at once."""


def places_dtype(grid: Grid) -> str:
    """An unsigned type that holds the place of every cell: row * width of the padded image + column."""
    return str(np.min_scalar_type((grid.rows.kernel - 1) * grid.columns.padded + grid.columns.kernel - 1))


class Max:
    """Max pooling of one bottom. `places`, of y's shape or None: where to write where the maxima are."""

    @staticmethod
    def wants(shape: tuple[int, ...], grid: Grid, dtype: str, keeps: bool) -> tuple[Want, ...]:
        """A chunk of images surrounded by -inf; what is larger than before, and its place."""
        count = _chunk(shape, grid, dtype)
        padded = (count, shape[1], grid.rows.padded, grid.columns.padded) if _padded(grid) else (0,)
        windows = (count, shape[1], *grid.out) if keeps else (0,)
        return Want(padded, dtype), Want(windows, "bool"), Want(windows, places_dtype(grid))

    def __init__(self, x: Array, y: Array, places: Array | None, grid: Grid, flat: Array) -> None:
        self.grid = grid
        self.padded, larger, place = carve(flat, self.wants(x.shape, grid, str(x.dtype), places is not None))
        width = grid.columns.padded
        self.numbers = [i * width + j for i in range(grid.rows.kernel) for j in range(grid.columns.kernel)]
        self.jobs = []
        for part in stretches(len(x), _chunk(x.shape, grid, str(x.dtype))):
            count = part.stop - part.start
            image = self.padded[:count] if _padded(grid) else x[part]
            inside = image[:, :, grid.rows.image, grid.columns.image] if _padded(grid) else None
            cells = [image[:, :, down, right] for down, right in grid.each_cell()]
            kept = None if places is None else (places[part], larger[:count], place[:count])
            self.jobs.append((x[part], inside, cells, y[part], kept))

    def run(self) -> None:
        self.padded.fill(-np.inf)
        for x, inside, cells, y, kept in self.jobs:
            if inside is not None:
                np.copyto(inside, x)
            np.copyto(y, cells[0])
            if kept is None:
                for cell in cells[1:]:
                    np.maximum(y, cell, out=y)
            else:
                self._keep(cells, y, *kept)

    def _keep(self, cells: list[Array], y: Array, places: Array, larger: Array, place: Array) -> None:
        """Later cells win only if they are larger; their numbers grow, so the largest number is the last winner's."""
        places.fill(0)
        for cell, number in zip(cells[1:], self.numbers[1:], strict=True):
            np.greater(cell, y, out=larger)
            np.maximum(y, cell, out=y)
            np.multiply(larger, places.dtype.type(number), out=place)
            np.maximum(places, place, out=places)
        if not np.min(y) > -np.inf:
            self._repair(cells, y, places)

    def _repair(self, cells: list[Array], y: Array, places: Array) -> None:
        """Where NaN is, or nothing above -inf, comparing has not found the first of the largest cells of the image."""
        rows, columns = self.grid.rows, self.grid.columns
        within = np.zeros((rows.padded, columns.padded), bool)
        within[rows.image, columns.image] = True
        views = [within[down, right] for down, right in self.grid.each_cell()]
        for cell, number, inside in reversed(list(zip(cells, self.numbers, views, strict=True))):
            np.copyto(places, places.dtype.type(number), where=((cell == y) | np.isnan(cell)) & inside)


class MaxGradient:
    """dx of max pooling: each dy goes to where its maximum was."""

    @staticmethod
    def wants(shape: tuple[int, ...], grid: Grid, dtype: str) -> tuple[Want, ...]:
        """A chunk of padded images, the number in it of each window's first cell, and of its maximum."""
        count = _chunk(shape, grid, dtype)
        padded = (count, shape[1], grid.rows.padded, grid.columns.padded) if _padded(grid) else (0,)
        windows = (count, shape[1], *grid.out)
        return Want(padded, dtype), Want(windows, "intp"), Want(windows, "intp")

    def __init__(self, places: Array, dy: Array, dx: Array, grid: Grid, flat: Array) -> None:
        padded, self.corners, winners = carve(flat, self.wants(dx.shape, grid, str(dx.dtype)))
        self.planes, self.starts = _corners(self.corners.shape, grid)
        self.jobs = []
        for part in stretches(len(dx), _chunk(dx.shape, grid, str(dx.dtype))):
            count = part.stop - part.start
            image = padded[:count] if _padded(grid) else dx[part]
            inside = image[:, :, grid.rows.image, grid.columns.image] if _padded(grid) else None
            winner = winners[:count]
            numbers = (places[part], self.corners[:count], winner, winner.reshape(-1))
            self.jobs.append((numbers, dy[part].reshape(-1), image.reshape(-1), inside, dx[part]))

    def run(self) -> None:
        np.add(self.planes, self.starts, out=self.corners)
        for (places, corners, winner, winners), dy, image, inside, dx in self.jobs:
            np.add(places, corners, out=winner, casting="unsafe")
            image.fill(0)
            np.add.at(image, winners, dy)
            if inside is not None:
                np.copyto(dx, inside)


def _corners(shape: tuple[int, ...], grid: Grid) -> tuple[Array, Array]:
    """Numbers of the first element of each padded plane, and of each window's first cell within its plane."""
    rows, columns = grid.rows, grid.columns
    planes = np.arange(shape[0] * shape[1]).reshape(*shape[:2], 1, 1) * (rows.padded * columns.padded)
    down = np.arange(rows.out)[:, None] * (rows.stride * columns.padded)
    return planes, down + np.arange(columns.out) * columns.stride


def _padded(grid: Grid) -> bool:
    return (grid.rows.padded, grid.columns.padded) != grid.size


def _chunk(shape: tuple[int, ...], grid: Grid, dtype: str) -> int:
    return images(shape[0], shape[1] * grid.rows.padded * grid.columns.padded * np.dtype(dtype).itemsize, CACHE)
