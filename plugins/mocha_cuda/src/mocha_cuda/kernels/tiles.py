"""Sizes of the tiles of `sources/tile.cuh`, and which suits a product."""

from __future__ import annotations

from dataclasses import dataclass

from .base import blocks


@dataclass(frozen=True, slots=True)
class Tile:
    """A block's part of a product: `rows` x `columns` results, `steps` at a time.

    down, across: fours of results of a thread along both sides.   slices: groups of threads that share the steps.
    """

    rows: int
    columns: int
    steps: int
    down: int
    across: int
    slices: int

    @property
    def threads(self) -> int:
        """Of a block."""
        return self.rows * self.columns // (16 * self.down * self.across) * self.slices

    @property
    def defines(self) -> dict[str, int]:
        """Macros for the source."""
        names = ("MT", "NT", "KT", "RM", "RN", "SLICES")
        sizes = (self.rows, self.columns, self.steps, self.down, self.across, self.slices)
        return dict(zip(names, sizes, strict=True))

    def grid(self, rows: int, columns: int, stack: int = 1) -> tuple[int, int, int]:
        """Blocks for a product of this size, or a stack of such."""
        return blocks(columns, self.columns), blocks(rows, self.rows), stack

    def count(self, rows: int, columns: int, stack: int = 1) -> int:
        """How many blocks that are."""
        across, down, deep = self.grid(rows, columns, stack)
        return across * down * deep


LARGE = Tile(64, 128, 8, 2, 2, 1)
"""64 products for every 4 vectors read from shared memory: for many results."""

SMALL = Tile(32, 64, 16, 1, 1, 2)

TINY = Tile(16, 32, 32, 1, 1, 8)
"""For few results and long sums: eight groups of 32 threads share them."""

SHARES = {LARGE: 0.7, SMALL: 0.5, TINY: 0.3}
"""Estimates, from counts of instructions, of which share of them are products; bringing operands takes the others."""

TILES = tuple(SHARES)

DOWN = 65535
"""Blocks that CUDA has along a grid's second side."""

MOST_ROWS = DOWN * LARGE.rows


def tile_for(rows: int, columns: int, multiprocessors: int, stack: int = 1) -> Tile:
    """The tile that takes least time: results with the edges, by its share of products, by the processors kept busy.

    >>> tile_for(50, 4096, 132) is SMALL, tile_for(64, 500, 132) is TINY, tile_for(4096, 4096, 132) is LARGE
    (True, True, True)
    """

    def time(tile: Tile) -> float:
        busy = min(1.0, tile.count(rows, columns, stack) / multiprocessors)
        across, down, _ = tile.grid(rows, columns)
        return across * down * tile.rows * tile.columns / (SHARES[tile] * busy)

    return min((tile for tile in TILES if tile.grid(rows, columns)[1] <= DOWN), key=time, default=LARGE)
