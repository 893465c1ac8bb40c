"""What a neuron's arithmetic looks like."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mocha_core.blob import Array


class Body:
    """y = f(x) and dx = dy f'(y), for pieces; where the neuron is `from_input`, backward is given x for y.

    works: how many pieces of memory `work` it needs. `mask` is memory of a piece's size, of booleans.
    """

    works: ClassVar[int] = 1

    def __init__(self, neuron: Any, work: Array, mask: Array) -> None:
        self.neuron, self.work, self.mask = neuron, work, mask

    def pieces(self, size: int) -> list[Array]:
        """The pieces of `work`, as long as the piece at hand."""
        stretch = self.work.size // self.works
        return [self.work[k * stretch : k * stretch + size] for k in range(self.works)]

    def forward(self, x: Array, y: Array) -> None:
        np.copyto(y, x)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        np.copyto(dx, dy)
