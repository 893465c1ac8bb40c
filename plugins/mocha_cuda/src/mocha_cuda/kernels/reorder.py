"""The kernels of `ToChannelsLast`, `ToChannelsFirst` and `PermuteLayer`: axes in another order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.kernel import LayerState

from .base import Call, CudaKernel, diffs_of, same_memory

SIDE, TILE_THREADS = 32, 256
"""Of the tiles in `sources/arranging.cu`."""


class Turning(CudaKernel):
    """A stack of matrices is turned, by tiles; other orders are looked up axis by axis."""

    def turns(self, y: Array, x: Array, order: Sequence[int]) -> list[Call]:
        """What makes y, whose axis k is axis order[k] of x; nothing where they are the same memory."""
        if same_memory(y, x):
            return []
        shape, order = merged(x.shape, order)
        if list(order) == list(range(len(order))):
            return self.copies(y, x)
        if list(order) in ([1, 0], [0, 2, 1]):
            return [self._turn(y, x, *(1, *shape)[-3:])]
        return [self._permute(y, x, shape, order)]

    def _turn(self, y: Array, x: Array, stack: int, rows: int, columns: int) -> Call:
        tiles = stack * -(-rows // SIDE) * -(-columns // SIDE)
        return self.launch("arranging", "transpose", max(1, tiles), TILE_THREADS, y, x, rows, columns)

    def _permute(self, y: Array, x: Array, shape: Shape, order: Sequence[int]) -> Call:
        strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
        axes = np.array([(shape[k], strides[k]) for k in reversed(order)], np.int64)
        held = self.device.empty(axes.shape, "int64")
        self.device.upload(held, axes)
        return self.each("arranging", "permute", y.size, y, x, held, y.size, len(order))


class ToLast(Turning):
    """(num, channels, ...) to (num, ..., channels); gradients go the other way."""

    last: ClassVar[bool] = True

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            self.forwards += self.turns(y.array, x.array, _order(len(x.shape), self.last))
        for dy, dx in zip(state.top_diffs, diffs_of(state, len(state.bottoms)), strict=False):
            if dx is not None:
                self.backwards += self.turns(dx, dy.array, _order(len(dy.shape), not self.last))


class ToFirst(ToLast):
    """(num, ..., channels) to (num, channels, ...)."""

    last: ClassVar[bool] = False


class Permute(Turning):
    """Axis k of a top is axis order[k] of its bottom."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        order = tuple(state.layer.order)
        back = tuple(order.index(k) for k in range(len(order)))
        for x, y in zip(state.bottoms, state.tops, strict=True):
            self.forwards += self.turns(y.array, x.array, order)
        for dy, dx in zip(state.top_diffs, diffs_of(state, len(state.bottoms)), strict=False):
            if dx is not None:
                self.backwards += self.turns(dx, dy.array, back)


def merged(shape: Shape, order: Sequence[int]) -> tuple[Shape, tuple[int, ...]]:
    """The same permutation with fewer axes: those that stay neighbours are one, those of size 1 none.

    >>> merged((8, 3, 5, 7), (0, 2, 3, 1))
    ((8, 3, 35), (0, 2, 1))
    """
    runs: list[list[int]] = []
    for axis in (axis for axis in order if shape[axis] != 1):
        if runs and all(shape[between] == 1 for between in range(runs[-1][-1] + 1, axis)) and axis > runs[-1][-1]:
            runs[-1].append(axis)
        else:
            runs.append([axis])
    places = sorted(range(len(runs)), key=lambda run: runs[run][0])
    sizes = tuple(math.prod(shape[axis] for axis in runs[run]) for run in places)
    return sizes, tuple(places.index(run) for run in range(len(runs)))


def _order(dims: int, last: bool) -> tuple[int, ...]:
    return (0, *range(2, dims), 1) if last else (0, dims - 1, *range(1, dims - 1))
