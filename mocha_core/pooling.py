"""Pooling functions: what becomes of the cells of a window."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from .blob import Array
from .ops.first_true import first_true
from .ops.geometry import Grid
from .ops.windows import fold, windows
from .specs import Spec, namespace, spec


class PoolingFunction(Spec, ABC):
    """Pools images x of shape (num, channels, *image) to y of shape (num, channels, *windows).

    areas: what a mean divides by, of the shape of the windows.   saves: what backward reads again, as in a `Plan`.
    """

    __slots__ = ()

    saves: ClassVar[frozenset[str]] = frozenset({"xs"})

    @abstractmethod
    def forward(self, xp: Any, x: Array, grid: Grid, areas: Array) -> Array:
        """One value for each window."""

    @abstractmethod
    def backward(self, xp: Any, x: Array, grid: Grid, areas: Array, dy: Array) -> Array:
        """dx, of x's shape."""


@spec
class Max(PoolingFunction):
    """The largest cell; padding never wins, NaN always does. The gradient goes to the first largest in row order.

    >>> from mocha_core import Pooling
    >>> Pooling.Max()
    Pooling.Max()
    """

    def forward(self, xp: Any, x: Array, grid: Grid, areas: Array) -> Array:
        return xp.max(windows(xp, x, grid, -xp.inf), axis=2)

    def backward(self, xp: Any, x: Array, grid: Grid, areas: Array, dy: Array) -> Array:
        shares = dy[:, :, None, ...]
        return fold(xp, xp.where(largest_cells(xp, x, grid), shares, xp.zeros_like(shares)), grid)


@spec
class Mean(PoolingFunction):
    """The sum of the cells, padding counting as zero, divided by the window's area.

    >>> from mocha_core import Pooling
    >>> Pooling.Mean()
    Pooling.Mean()
    """

    saves: ClassVar[frozenset[str]] = frozenset()

    def forward(self, xp: Any, x: Array, grid: Grid, areas: Array) -> Array:
        return xp.sum(windows(xp, x, grid), axis=2) / areas

    def backward(self, xp: Any, x: Array, grid: Grid, areas: Array, dy: Array) -> Array:
        num, channels = dy.shape[:2]
        shares = (dy / areas)[:, :, None, ...]
        return fold(xp, xp.broadcast_to(shares, (num, channels, grid.cells, *grid.out)), grid)


def largest_cells(xp: Any, x: Array, grid: Grid) -> Array:
    """True at the first largest cell of each window in row order: (num, channels, cells, *windows)."""
    cells = windows(xp, x, grid, -xp.inf)
    inside = windows(xp, xp.ones_like(x), grid) > 0
    largest = (cells == xp.max(cells, axis=2, keepdims=True)) | xp.isnan(cells)
    return first_true(xp, largest & inside, axis=2)


@namespace
class Pooling:
    """The pooling functions by the names that users write: `pooling=Pooling.Mean()`."""

    Max = Max
    Mean = Mean
