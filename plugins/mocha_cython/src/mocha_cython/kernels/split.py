"""The kernel of `SplitLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import LayerState
from mocha_cpu.chunks import same_memory

from .maps import Maps


class Split(Maps):
    """Copies; dx = the sum of all dy."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        x = state.bottoms[0].array
        self.forwards = self.copies([(y.array, x) for y in state.tops])
        dx = state.bottom_diffs[0].array if state.bottom_diffs and state.bottom_diffs[0] is not None else None
        if dx is None:
            return
        # One that dx lies on must be read first.
        first, *others = sorted((dy.array for dy in state.top_diffs), key=lambda dy: not same_memory(dy, dx))
        if not others:
            self.backwards = self.copies([(dx, first)])
        for dy in others:
            self.backwards.append(self.map("add", (), dx, first, dy))
            first = dx
