"""The kernels of `ConcatLayer` and `SliceLayer`, in either layout of images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core.blob import Array, Blob
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.kernel import Kernel, LayerState

from .._reorder import Joint

WORD = "float32"
"""What is copied: an element of another type is several of these, whatever their bits say."""


class Concat(Kernel):
    """Row by row, a run of numbers of each bottom is copied to its place in the top, and the gradients back."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.ahead = _joint(backend, state.layer, state.tops[0].array, state.bottoms, state.bottoms)
        self.back: Joint | None = None
        if any(dx is not None for dx in state.bottom_diffs):
            self.back = _joint(backend, state.layer, state.top_diffs[0].array, state.bottoms, state.bottom_diffs)

    def forward(self) -> None:
        self.ahead.join()

    def backward(self) -> None:
        if self.back is not None:
            self.back.cut()


class Slice(Kernel):
    """Row by row, a run of numbers of the bottom is copied to each top, and the gradients back."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.ahead = _joint(backend, state.layer, state.bottoms[0].array, state.tops, state.tops)
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        self.back = None if dx is None else _joint(backend, state.layer, dx.array, state.tops, state.top_diffs)

    def forward(self) -> None:
        self.ahead.cut()

    def backward(self) -> None:
        if self.back is not None:
            self.back.join()


def _joint(backend: Any, layer: Any, whole: Array, like: Sequence[Blob], parts: Sequence[Blob | None]) -> Joint:
    """`whole` is made of the parts, which have the shapes of `like`, along the layer's axis."""
    axis = _axis(layer, whole.ndim)
    words = whole.itemsize // np.dtype(WORD).itemsize
    widths = [words * math.prod(blob.shape[axis:]) for blob in like]
    arrays = [None if blob is None else _words(blob.array) for blob in parts]
    rows = math.prod(whole.shape[:axis])
    return Joint(backend.level, backend.threads, rows, _words(whole), list(zip(arrays, widths, strict=True)))


def _words(array: Array) -> Array:
    return array.reshape(-1).view(WORD)


def _axis(layer: Any, dims: int) -> int:
    """The axis along which the blobs are joined, as they lie in memory."""
    if not isinstance(layer, ChannelsLast):
        return int(layer.axis % dims)
    member: Any = layer.member
    return to_last(tuple(range(dims))).index(member.axis % dims)
