"""Rows of a table, looked up and added to."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from .one_hot import one_hot
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
    return one_hot(xp, numbers[None, :], count, axis=0) @ rows
