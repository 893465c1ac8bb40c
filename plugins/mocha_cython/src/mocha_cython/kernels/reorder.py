"""The kernels of `ToChannelsLast` and `ToChannelsFirst`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import LayerState
from mocha_cpu.chunks import same_memory

from .._chain import Link
from .._reorder import Transpose
from .chainable import Chainable


class Reorder(Chainable):
    """Each image is a matrix, with a row for each channel or one for each pixel, and is turned.

    last: whether channels go last, so that they are the rows of the bottoms; gradients go the other way.
    """

    last: ClassVar[bool]

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state = state
        tops = zip(state.bottoms, state.tops, strict=True)
        self.forwards = self._turns(backend, [(x.array, y.array) for x, y in tops], self.last)
        diffs = zip(state.top_diffs, state.bottom_diffs, strict=False)
        wanted = [(dy.array, dx.array) for dy, dx in diffs if dx is not None]
        self.backwards = self._turns(backend, wanted, not self.last)

    def forward(self) -> None:
        for turn in self.forwards:
            turn.run()

    def link(self) -> Link:
        (turn,) = self.forwards
        assert isinstance(turn, Transpose)
        return turn.link()

    def backward(self) -> None:
        for turn in self.backwards:
            turn.run()

    def _turns(self, backend: Any, pairs: list[tuple[Array, Array]], last: bool) -> list[Transpose | Moved]:
        """The copies (source, target) that change something."""
        return [_turn(backend, x, y, last) for x, y in pairs if not same_memory(x, y)]


class ToLast(Reorder):
    """(num, channels, ...) to (num, ..., channels)."""

    last: ClassVar[bool] = True


class ToFirst(Reorder):
    """(num, ..., channels) to (num, channels, ...)."""

    last: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A copy by NumPy, for element types that the compiled one does not know."""

    x: Array
    y: Array
    last: bool

    def run(self) -> None:
        np.copyto(self.y, np.moveaxis(self.x, 1, -1) if self.last else np.moveaxis(self.x, -1, 1))


def _turn(backend: Any, x: Array, y: Array, last: bool) -> Transpose | Moved:
    if x.dtype != np.float32:
        return Moved(x, y, last)
    num, *sizes = x.shape
    rows, columns = (sizes[0], math.prod(sizes[1:])) if last else (math.prod(sizes[:-1]), sizes[-1])
    return Transpose(backend.level, backend.threads, num, rows, columns, x, y)
