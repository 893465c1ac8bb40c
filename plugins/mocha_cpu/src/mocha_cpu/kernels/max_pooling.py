"""The maximum as a pooling function; it keeps where in its window each maximum was found."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Array
from mocha_core.ops import Grid

from ..chunks import images, stretches
from ..workspace import Want, carve
from .phases import Phases

CACHE = 1 << 20
"""Bytes of images that are worked on at once."""


def places_dtype(grid: Grid) -> str:
    """An unsigned type that holds the place of every cell: row * width of the padded image + column."""
    return str(np.min_scalar_type((grid.rows.kernel - 1) * grid.columns.padded + grid.columns.kernel - 1))


class Max:
    """Max pooling of one bottom. `places`, of y's shape or None: where to write where the maxima are.

    With the padded image dealt out by stride (the phases: rows and columns 0, s, 2s, ..., then 1, s + 1, ...), a cell
    of all windows at once is one phase, shifted: every comparison is one long run, however small the images.
    """

    @staticmethod
    def wants(shape: tuple[int, ...], grid: Grid, dtype: str, keeps: bool) -> tuple[Want, ...]:
        """The phases of a chunk of images; the maxima, and where they are, what is larger, and its place."""
        phases = Phases.of(grid)
        one = (_chunk(shape, grid, dtype), shape[1], *phases.size)
        kept = one if keeps else (0,)
        place = Want(kept, places_dtype(grid))
        return Want((*phases.count, *one), dtype), Want(one, dtype), place, place, Want(kept, "bool")

    def __init__(self, x: Array, y: Array, places: Array | None, grid: Grid, flat: Array) -> None:
        self.grid, self.phases = grid, Phases.of(grid)
        self.dealt, *work = carve(flat, self.wants(x.shape, grid, str(x.dtype), places is not None))
        width = grid.columns.padded
        self.numbers = [i * width + j for i in range(grid.rows.kernel) for j in range(grid.columns.kernel)]
        self.jobs = []
        for part in stretches(len(x), _chunk(x.shape, grid, str(x.dtype))):
            count = part.stop - part.start
            dealt = self.dealt[:, :, :count]
            mine = [array[:count] if places is not None or k == 0 else array for k, array in enumerate(work)]
            outputs = (y[part], None if places is None else places[part])
            self.jobs.append((self.phases.deal(x[part], dealt), self.phases.cells(dealt), mine, outputs))

    def run(self) -> None:
        self.dealt.fill(-np.inf)
        rows, columns = self.grid.out
        for deals, cells, (largest, *work), (y, places) in self.jobs:
            for target, source in deals:
                np.copyto(target, source)
            flat = largest.reshape(-1)
            np.copyto(flat, cells[0])
            if places is None:
                for cell in cells[1:]:
                    np.maximum(flat[: cell.size], cell, out=flat[: cell.size])
            else:
                self._keep(cells, flat, *(array.reshape(-1) for array in work))
                np.copyto(places, work[0][:, :, :rows, :columns])
            np.copyto(y, largest[:, :, :rows, :columns])
            if places is not None and not np.min(y) > -np.inf:
                self._repair(cells, y, places)

    def _keep(self, cells: list[Array], largest: Array, places: Array, place: Array, larger: Array) -> None:
        """Later cells win only if they are larger; their numbers grow, so the largest number is the last winner's."""
        places.fill(0)
        for cell, number in zip(cells[1:], self.numbers[1:], strict=True):
            here = slice(cell.size)
            np.greater(cell, largest[here], out=larger[here])
            np.maximum(largest[here], cell, out=largest[here])
            np.multiply(larger[here], places.dtype.type(number), out=place[here])
            np.maximum(places[here], place[here], out=places[here])

    def _repair(self, cells: list[Array], y: Array, places: Array) -> None:
        """Where NaN is, or nothing above -inf, comparing has not found the first of the largest cells of the image."""
        rows, columns = self.grid.rows, self.grid.columns
        within = np.zeros((rows.padded, columns.padded), bool)
        within[rows.image, columns.image] = True
        inside = [within[down, right] for down, right in self.grid.each_cell()]
        for cell, number, here in reversed(list(zip(cells, self.numbers, inside, strict=True))):
            shown = self.phases.windows(cell, y)
            np.copyto(places, places.dtype.type(number), where=((shown == y) | np.isnan(shown)) & here)


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
