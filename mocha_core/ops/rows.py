"""Rows of a table, looked up and added to."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def take_rows(xp: Any, table: Array, numbers: Array) -> Array:
    """table[number] for each of `numbers`, from 0, stored as floats (they are rounded); NaN where it is no row.

    >>> import numpy as np
    >>> take_rows(np, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0])).tolist()
    [[3.0, 4.0], [3.0, 4.0]]
    """
    there, rows = _rows(xp, numbers, table.shape[0])
    found = xp.take(table, xp.where(there, rows, xp.zeros_like(rows)), axis=0)
    there = xp.reshape(there, (-1, *(1,) * (table.ndim - 1)))
    return xp.where(there, found, xp.full((), xp.nan, dtype=table.dtype))


@op
def add_rows(xp: Any, rows: Array, numbers: Array, count: int) -> Array:
    """The adjoint of `take_rows`: a table of `count` rows, each the sum of the `rows` with its number; a row
    whose number is none of them is left out.

    >>> import numpy as np
    >>> add_rows(np, np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 0.0, 1.0]), 3).tolist()
    [[2.0], [5.0], [0.0]]
    """
    _, places = _rows(xp, numbers, count)
    order = xp.argsort(places)
    sorted_numbers = xp.take(places, order, axis=0)
    sums = _running_sums(xp, xp.take(rows, order, axis=0), sorted_numbers)
    wanted = xp.arange(count, dtype=xp.int64)
    last = xp.clip(xp.searchsorted(sorted_numbers, wanted, side="right") - 1, 0, None)
    there = xp.take(sorted_numbers, last, axis=0) == wanted
    found = xp.take(sums, last, axis=0)
    return xp.where(there[:, None], found, xp.zeros_like(found))


def _rows(xp: Any, numbers: Array, count: int) -> tuple[Array, Array]:
    """Which of the numbers are rows of a table of `count`; and the rows, as integers, -1 for what is none."""
    rounded = xp.round(numbers)
    there = (rounded >= 0) & (rounded <= count - 1)
    return there, xp.astype(xp.where(there, rounded, -xp.ones_like(rounded)), xp.int64)


def _running_sums(xp: Any, rows: Array, numbers: Array) -> Array:
    """Row k becomes the sum of itself and the rows before it with the same number; equal numbers lie together.

    In log2 many steps: after step s each row holds the sum of up to 2^s rows (Hillis and Steele, "Data parallel
    algorithms", 1986).
    """
    step = 1
    while step < numbers.shape[0]:
        same = (numbers[step:] == numbers[:-step])[:, None]
        before = xp.where(same, rows[:-step, :], xp.zeros_like(rows[:-step, :]))
        rows = xp.concat([rows[:step, :], rows[step:, :] + before], axis=0)
        step *= 2
    return rows
