"""Rows of a table, looked up and added to."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .registry import op


@op
def take_rows(xp: Any, table: Array, numbers: Array) -> Array:
    """table[number] for each of `numbers`, whole numbers from 0, stored as floats (they are rounded).

    >>> import numpy as np
    >>> take_rows(np, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0])).tolist()
    [[3.0, 4.0], [3.0, 4.0]]
    """
    return xp.take(table, xp.astype(xp.round(numbers), xp.int64), axis=0)


@op
def add_rows(xp: Any, rows: Array, numbers: Array, count: int) -> Array:
    """The adjoint of `take_rows`: a table of `count` rows, each the sum of the `rows` with its number.

    >>> import numpy as np
    >>> add_rows(np, np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 0.0, 1.0]), 3).tolist()
    [[2.0], [5.0], [0.0]]
    """
    order = xp.argsort(numbers)
    sorted_numbers = xp.take(xp.astype(xp.round(numbers), xp.int64), order, axis=0)
    sums = _running_sums(xp, xp.take(rows, order, axis=0), sorted_numbers)
    wanted = xp.arange(count, dtype=xp.int64)
    last = xp.clip(xp.searchsorted(sorted_numbers, wanted, side="right") - 1, 0, None)
    there = xp.take(sorted_numbers, last, axis=0) == wanted
    found = xp.take(sums, last, axis=0)
    return xp.where(there[:, None], found, xp.zeros_like(found))


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
