"""Windows of images and their adjoint, moving sums, and the first True."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from mocha_core.ops import Grid, first_true, fold, moving_sum, windows
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import on_numpy_and_strict

GRIDS = [
    Grid.convolution((5, 7), (3, 2), (1, 1), (0, 0)),
    Grid.convolution((6, 7), (3, 2), (2, 3), (1, 0)),
    Grid.convolution((5, 9), (3, 2), (1, 2), (2, 3), (2, 3)),
    Grid.pooling((6, 7), (3, 2), (2, 2), (0, 0)),
    Grid.pooling((7, 6), (2, 3), (3, 2), (1, 2)),
]


@on_numpy_and_strict
@pytest.mark.parametrize("where", GRIDS, ids=str)
def test_windows_show_the_image(xp: ModuleType, where: Grid) -> None:
    x = grid((2, 3, *where.size))
    cells = np.asarray(windows(xp, xp.asarray(x), where, outside=9.0))
    assert cells.shape == (2, 3, where.cells, *where.out)
    rows, columns = where.rows, where.columns
    for p, q, j, k in np.ndindex(rows.kernel, columns.kernel, *where.out):
        row = j * rows.stride - rows.pad + p * rows.dilation
        column = k * columns.stride - columns.pad + q * columns.dilation
        inside = 0 <= row < rows.size and 0 <= column < columns.size
        expected = x[:, :, row, column] if inside else np.full((2, 3), 9.0)
        np.testing.assert_array_equal(cells[:, :, p * columns.kernel + q, j, k], expected)


@on_numpy_and_strict
@pytest.mark.parametrize("where", GRIDS, ids=str)
def test_fold_is_the_adjoint(xp: ModuleType, where: Grid) -> None:
    x, cells = grid((2, 3, *where.size)), grid((2, 3, where.cells, *where.out), seed=1)
    left = float(np.sum(np.asarray(windows(xp, xp.asarray(x), where)) * cells))
    right = float(np.sum(x * np.asarray(fold(xp, xp.asarray(cells), where))))
    assert abs(left - right) <= tolerance("float64", cells.size, float(np.abs(cells).sum()))


@on_numpy_and_strict
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 2), (4, 0), (5, 6)])
def test_moving_sum(xp: ModuleType, axis: int, before: int, after: int) -> None:
    x = grid((3, 4, 5))
    sums = np.moveaxis(np.asarray(moving_sum(xp, xp.asarray(x), axis, before, after)), axis, 0)
    lines = np.moveaxis(x, axis, 0)
    for k, found in enumerate(sums):
        expected = lines[max(0, k - before) : k + after + 1].sum(axis=0)
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance("float64", 5, 1.0))


@on_numpy_and_strict
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_first_true(xp: ModuleType, axis: int) -> None:
    mask = np.random.default_rng(0).random((4, 5, 6)) < 0.3
    expected = mask & (np.cumsum(mask, axis=axis) == 1)
    np.testing.assert_array_equal(np.asarray(first_true(xp, xp.asarray(mask), axis)), expected)
