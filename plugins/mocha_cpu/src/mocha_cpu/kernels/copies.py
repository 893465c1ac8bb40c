"""Kernels of the layers that only pass numbers on: identity, reshape, flatten, split and concat."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Kernel, LayerState

from ..chunks import same_memory

Copy = tuple[Array, Array]
"""(target, source)"""


class Views(Kernel):
    """Tops that are the bottoms' bytes, as identity, reshape and flatten have them; copied where not shared."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.forwards = _needed((y.array, x.array) for x, y in zip(state.bottoms, state.tops, strict=True))
        diffs = zip(state.bottom_diffs, state.top_diffs, strict=False)
        self.backwards = _needed((dx.array, dy.array) for dx, dy in diffs if dx is not None)

    def forward(self) -> None:
        _run(self.forwards)

    def backward(self) -> None:
        _run(self.backwards)


class Split(Kernel):
    """Copies; dx = the sum of all dy."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        (x,) = (b.array for b in state.bottoms)
        self.forwards = _needed((y.array, x) for y in state.tops)
        self.dx = state.bottom_diffs[0].array if state.bottom_diffs and state.bottom_diffs[0] is not None else None
        self.dys = [dy.array for dy in state.top_diffs]
        if self.dx is not None:
            # One that dx lies on must be read first.
            self.dys.sort(key=lambda dy: not same_memory(dy, self.dx))

    def forward(self) -> None:
        _run(self.forwards)

    def backward(self) -> None:
        if self.dx is None:
            return
        first, *others = self.dys
        if not others:
            np.copyto(self.dx, first)
        for dy in others:
            np.add(first, dy, out=self.dx)
            first = self.dx


class Concat(Kernel):
    """Each bottom is copied to its place in the top, each gradient back."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        y, axis = state.tops[0].array, state.layer.axis % len(state.tops[0].shape)
        ends = accumulate((b.shape[axis] for b in state.bottoms), initial=0)
        places = [(slice(None),) * axis + (slice(start, stop),) for start, stop in pairwise(ends)]
        self.forwards = [(y[place], x.array) for place, x in zip(places, state.bottoms, strict=True)]
        dys = [dy.array[place] for dy in state.top_diffs for place in places]
        diffs = zip(state.bottom_diffs, dys, strict=False)
        self.backwards = [(dx.array, dy) for dx, dy in diffs if dx is not None]

    def forward(self) -> None:
        _run(self.forwards)

    def backward(self) -> None:
        _run(self.backwards)


def _needed(pairs: Iterable[Copy]) -> list[Copy]:
    """The copies that would change something."""
    return [(target, source.reshape(target.shape)) for target, source in pairs if not same_memory(target, source)]


def _run(copies: Iterable[Copy]) -> None:
    for target, source in copies:
        np.copyto(target, source)
