"""Copies in another order: every number arrives, and nothing else is written."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core.testing import grid
from mocha_cython._levels import best
from mocha_cython._reorder import Joint, Transpose

Host = np.ndarray[Any, np.dtype[Any]]
SIZES = (1, 2, 3, 4, 5, 13, 16, 17, 33, 49)
at_all = pytest.mark.parametrize(("level", "threads"), [*itertools.product(range(best() + 1), (1, 2, 3))])
GUARD = 7
"""Numbers before and after an array that must stay."""


def guarded(size: int) -> tuple[Host, Host]:
    """An array in the middle of a larger one; both."""
    around = np.full(size + 2 * GUARD, np.nan, "float32")
    return around, around[GUARD:-GUARD]


def stayed(around: Host) -> bool:
    return bool(np.isnan(around[:GUARD]).all() and np.isnan(around[-GUARD:]).all())


def check_transpose(level: int, threads: int, num: int, rows: int, columns: int) -> None:
    x = grid((num, rows, columns), 0).astype("float32")
    around, y = guarded(x.size)
    Transpose(level, threads, num, rows, columns, x, y).run()
    assert np.array_equal(y.reshape(num, columns, rows), x.transpose(0, 2, 1)), (num, rows, columns)
    assert stayed(around), (num, rows, columns)


@at_all
def test_transpose_of_all_sizes(level: int, threads: int) -> None:
    for rows, columns in itertools.product(SIZES, SIZES):
        for num in (1, 2, 5):
            check_transpose(level, threads, num, rows, columns)


@at_all
@pytest.mark.parametrize(
    "shape", [(1, 3, 20011), (2, 20011, 3), (1, 20, 3001), (1, 3001, 20), (3, 1, 20011), (1, 5, 9001)]
)
def test_transpose_in_several_tasks(level: int, threads: int, shape: tuple[int, int, int]) -> None:
    check_transpose(level, threads, *shape)


@at_all
@pytest.mark.parametrize(
    ("rows", "widths"),
    [
        (1, (1,)),
        (7, (3, 1, 5)),
        (13, (16, 17)),
        (5, (33, 2, 48)),
        (3000, (20, 1)),
        (2, (20000, 7, 16500)),
        (49, (64, 64)),
    ],
)
def test_rows_are_joined_and_cut(level: int, threads: int, rows: int, widths: tuple[int, ...]) -> None:
    parts = [grid((rows, width), seed).astype("float32") for seed, width in enumerate(widths)]
    around, whole = guarded(rows * sum(widths))
    Joint(level, threads, rows, whole, list(zip(parts, widths, strict=True))).join()
    assert np.array_equal(whole.reshape(rows, -1), np.concatenate(parts, axis=1))
    assert stayed(around)
    backs = [guarded(part.size) for part in parts]
    wanted = [(None if k == 1 else back, width) for k, ((_, back), width) in enumerate(zip(backs, widths, strict=True))]
    Joint(level, threads, rows, whole, wanted).cut()
    for k, ((around, back), part) in enumerate(zip(backs, parts, strict=True)):
        assert stayed(around)
        assert np.isnan(back).all() if k == 1 else np.array_equal(back.reshape(part.shape), part)


def test_sizes_that_do_not_fit_are_refused() -> None:
    x, y = np.zeros(12, "float32"), np.zeros(12, "float32")
    with pytest.raises(ValueError, match="2 matrices of 3 x 4 are not 12 numbers"):
        Transpose(0, 1, 2, 3, 4, x, y)
    with pytest.raises(ValueError, match="part 0 has 12 numbers, not 3 rows of 5"):
        Joint(0, 1, 3, np.zeros(15, "float32"), [(x, 5)])
    with pytest.raises(ValueError, match="contiguous"):
        Transpose(0, 1, 1, 2, 3, np.zeros((3, 4), "float32")[:, :2], np.zeros(6, "float32"))
    with pytest.raises(ValueError, match="mismatch"):
        Transpose(0, 1, 1, 3, 4, x.astype("float64"), y)
