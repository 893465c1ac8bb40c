"""The kernel of `ElementWiseLayer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layers import ElementWiseFunctors as F

Ufunc = Callable[..., Any]

FORWARD: dict[type, Ufunc] = {F.Add: np.add, F.Subtract: np.subtract, F.Multiply: np.multiply, F.Divide: np.divide}


class ElementWise(Kernel):
    """One ufunc forward, one or two per gradient, all of them in place."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        return Accept() if type(layer.operation) in FORWARD else Decline(f"does not know {layer.operation}")

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.kind = type(state.layer.operation)
        self.a, self.b = (x.array for x in state.bottoms)
        self.y = state.tops[0].array
        self.dy: Array = state.top_diffs[0].array if state.top_diffs else None
        self.da, self.db = (None if d is None else d.array for d in state.bottom_diffs or (None, None))

    def forward(self) -> None:
        FORWARD[self.kind](self.a, self.b, out=self.y)

    def backward(self) -> None:
        if self.da is not None:
            self._by_a(self.da)
        if self.db is not None:
            self._by_b(self.db)

    def _by_a(self, da: Array) -> None:
        if self.kind in (F.Multiply, F.Divide):
            FORWARD[self.kind](self.dy, self.b, out=da)
        else:
            np.copyto(da, self.dy)

    def _by_b(self, db: Array) -> None:
        if self.kind is F.Add:
            np.copyto(db, self.dy)
        elif self.kind is F.Subtract:
            np.negative(self.dy, out=db)
        elif self.kind is F.Multiply:
            np.multiply(self.dy, self.a, out=db)
        else:
            np.multiply(self.dy, self.y, out=db)
            np.divide(db, self.b, out=db)
            np.negative(db, out=db)
