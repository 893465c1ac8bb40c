"""Kernels of the layers that only pass numbers on: identity, reshape, flatten, split, concat and slice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mocha_core.blob import Array
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.kernel import LayerState

from .base import Call, CudaKernel, diffs_of, plain, same_memory

ADD = 0
"""The number of that operation in `sources/maps.cu`."""


class Views(CudaKernel):
    """Tops that are the bottoms' bytes, as identity, reshape and flatten have them; copied where not shared."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            self.forwards += self.copies(y.array, x.array)
        for dy, dx in zip(state.top_diffs, diffs_of(state, len(state.bottoms)), strict=False):
            if dx is not None:
                self.backwards += self.copies(dx, dy.array)


class Split(CudaKernel):
    """Copies; dx = the sum of all dy."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        for y in state.tops:
            self.forwards += self.copies(y.array, state.bottoms[0].array)
        (dx,) = diffs_of(state, 1)
        if dx is not None:
            # One that dx lies on must be read first.
            first, *others = sorted((dy.array for dy in state.top_diffs), key=lambda dy: not same_memory(dy, dx))
            self.backwards = self._sum(dx, first, others)

    def _sum(self, dx: Array, first: Array, others: list[Array]) -> list[Call]:
        if not others:
            return self.copies(dx, first)
        calls = []
        for dy in others:
            calls.append(self.map("maps", "binary", dx.size, dx, first, dy, dx.size, ADD))
            first = dx
        return calls


class Joint(CudaKernel):
    """Blobs that are parts of another along an axis: row by row, a run of numbers of each is moved."""

    def moves(self, state: LayerState, whole: Array, parts: Sequence[Array | None], join: bool) -> list[Call]:
        """Launches between `whole` and its parts; None among them is left out."""
        axis, start, calls = _axis(state.layer, whole.ndim), 0, []
        rows, pitch = math.prod(whole.shape[:axis]), math.prod(whole.shape[axis:])
        like = state.bottoms if len(state.tops) == 1 and len(state.bottoms) == len(parts) else state.tops
        for blob, part in zip(like, parts, strict=True):
            width = math.prod(blob.shape[axis:])
            if part is not None:
                place, count = whole.reshape(-1)[start:], rows * width
                ends = (place, part, count, width, pitch, width) if join else (part, place, count, width, width, pitch)
                calls.append(self.each("arranging", "copy_rows", count, *ends))
            start += width
        return calls


class Concat(Joint):
    """Joins its bottoms, and cuts the gradient."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.forwards = self.moves(state, state.tops[0].array, [x.array for x in state.bottoms], join=True)
        if any(diff is not None for diff in state.bottom_diffs):
            diffs = diffs_of(state, len(state.bottoms))
            self.backwards = self.moves(state, state.top_diffs[0].array, diffs, join=False)


class Slice(Joint):
    """Cuts its bottom, and joins the gradients."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.forwards = self.moves(state, state.bottoms[0].array, [y.array for y in state.tops], join=False)
        (dx,) = diffs_of(state, 1)
        if dx is not None:
            self.backwards = self.moves(state, dx, [dy.array for dy in state.top_diffs], join=True)


def _axis(layer: Any, dims: int) -> int:
    """The axis along which the blobs are joined, as they lie in memory."""
    axis = int(plain(layer).axis) % dims
    return to_last(tuple(range(dims))).index(axis) if isinstance(layer, ChannelsLast) else axis
