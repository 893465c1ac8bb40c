"""A rectangle out of each image, at a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..blob import Array
from .registry import op


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where the rectangle of each image begins, and whether its columns run backwards: arrays of shape (num,)."""

    top: Array
    left: Array
    mirrored: Array


@op
def cut(xp: Any, x: Array, cuts: Cuts, size: tuple[int, int]) -> Array:
    """y[n, c, i, j] = x[n, c, top + i, left + j], or x[n, c, top + i, left + width - 1 - j] where mirrored.

    >>> import numpy as np
    >>> x = np.arange(6.0).reshape(1, 1, 2, 3)
    >>> cut(np, x, Cuts(np.array([1]), np.array([1]), np.array([True])), (1, 2)).tolist()
    [[[[5.0, 4.0]]]]
    """
    height, width = size
    rows = cuts.top[:, None] + xp.arange(height)[None, :]
    columns = cuts.left[:, None] + _turned(xp, xp.arange(width)[None, :], width, cuts)
    return _pick(xp, x, rows, columns)


@op
def cut_adjoint(xp: Any, dy: Array, cuts: Cuts, size: tuple[int, int]) -> Array:
    """The adjoint of `cut`: each image of this size is 0 but for the rectangle, which holds dy."""
    height, width = dy.shape[2:]
    rows = xp.arange(size[0])[None, :] - cuts.top[:, None]
    columns = xp.arange(size[1])[None, :] - cuts.left[:, None]
    inside = _within(rows, height)[:, None, :, None] & _within(columns, width)[:, None, None, :]
    nearest = xp.clip(_turned(xp, columns, width, cuts), 0, width - 1)
    dx = _pick(xp, dy, xp.clip(rows, 0, height - 1), nearest)
    return xp.where(inside, dx, xp.zeros_like(dx))


def _turned(xp: Any, columns: Array, width: int, cuts: Cuts) -> Array:
    return xp.where(cuts.mirrored[:, None], width - 1 - columns, columns)


def _within(numbers: Array, count: int) -> Array:
    return (numbers >= 0) & (numbers < count)


def _pick(xp: Any, x: Array, rows: Array, columns: Array) -> Array:
    """y[n, c, i, j] = x[n, c, rows[n, i], columns[n, j]]."""
    num, channels, height, width = x.shape
    images = xp.reshape(xp.arange(num * channels), (num, channels, 1, 1))
    places = (images * height + rows[:, None, :, None]) * width + columns[:, None, None, :]
    flat = xp.take(xp.reshape(x, (-1,)), xp.reshape(places, (-1,)), axis=0)
    return xp.reshape(flat, places.shape)
