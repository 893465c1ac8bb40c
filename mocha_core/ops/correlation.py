"""Correlation of images with filters, and its two adjoints: what convolution and deconvolution are made of."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .geometry import Grid
from .registry import op
from .windows import fold, windows


@op
def correlate(xp: Any, x: Array, weight: Array, grid: Grid, groups: int = 1) -> Array:
    """Each filter on each window: (num, channels, *image) -> (num, filters, *windows).

    weight: (filters, channels / groups, *kernel); filters of group g see the channels of group g only.

    >>> import numpy as np
    >>> x, weight = np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]])
    >>> correlate(np, x, weight, Grid.convolution((3,), kernel=2))
    array([[[1., 2.]]])
    """
    y = _filters(xp, weight, groups) @ _windows(xp, x, grid, groups)
    return xp.reshape(y, (x.shape[0], weight.shape[0], *grid.out))


@op
def correlate_adjoint(xp: Any, y: Array, weight: Array, grid: Grid, groups: int = 1) -> Array:
    """The adjoint of `correlate` in x: (num, filters, *windows) -> (num, channels, *image)."""
    cells = xp.matrix_transpose(_filters(xp, weight, groups)) @ _by_group(xp, y, groups)
    return fold(xp, xp.reshape(cells, (y.shape[0], weight.shape[1] * groups, grid.cells, *grid.out)), grid)


@op
def correlate_weight(xp: Any, x: Array, y: Array, grid: Grid, groups: int = 1) -> Array:
    """The adjoint of `correlate` in the weight: (filters, channels / groups, *kernel)."""
    total = xp.sum(_by_group(xp, y, groups) @ xp.matrix_transpose(_windows(xp, x, grid, groups)), axis=0)
    return xp.reshape(total, (y.shape[1], x.shape[1] // groups, *grid.kernel))


def _filters(xp: Any, weight: Array, groups: int) -> Array:
    """(groups, filters of a group, channels of a group x cells)."""
    return xp.reshape(weight, (groups, weight.shape[0] // groups, -1))


def _by_group(xp: Any, y: Array, groups: int) -> Array:
    """(num, groups, filters of a group, windows)."""
    return xp.reshape(y, (y.shape[0], groups, y.shape[1] // groups, -1))


def _windows(xp: Any, x: Array, grid: Grid, groups: int) -> Array:
    """(num, groups, channels of a group x cells, windows)."""
    return xp.reshape(windows(xp, x, grid), (x.shape[0], groups, x.shape[1] // groups * grid.cells, -1))
