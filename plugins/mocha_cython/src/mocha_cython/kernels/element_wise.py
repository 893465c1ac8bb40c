"""The kernel of `ElementWiseLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers import ElementWiseFunctors as F

from .._elementwise import Map
from .maps import Maps, plain

NAMES = {F.Add: "add", F.Subtract: "subtract", F.Multiply: "multiply", F.Divide: "divide"}


class ElementWise(Maps):
    """One pass for y, and one for both gradients: each may lie on that of the top, so neither is written first."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        operation = plain(site.layer).operation
        if type(operation) not in NAMES:
            return Decline(f"does not know {operation}")
        return super().accepts(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        kind = type(plain(state.layer).operation)
        (a, b), y = (x.array for x in state.bottoms), state.tops[0].array
        self.forwards = [self.map(NAMES[kind], (), y, a, b)]
        da, db = (None if d is None else d.array for d in state.bottom_diffs or (None, None))
        if da is None and db is None:
            return
        dy = state.top_diffs[0].array
        if kind in (F.Add, F.Subtract):
            self.backwards = self._by_sum(dy, da, db, kind)
        else:
            self.backwards = [self._by_product(a, b, y, dy, da, db, kind)]

    def _by_sum(self, dy: Array, da: Array | None, db: Array | None, kind: type) -> list[Map]:
        """Copies do not change what they read; so if db is to lie on dy and be its negative, it comes last."""
        ahead = self.copies([(d, dy) for d in (da, db if kind is F.Add else None) if d is not None])
        return [*ahead, self.map("negate", (), db, dy)] if kind is F.Subtract and db is not None else ahead

    def _by_product(
        self, a: Array, b: Array, y: Array, dy: Array, da: Array | None, db: Array | None, kind: type
    ) -> Map:
        name, first = ("multiply", a) if kind is F.Multiply else ("divide", y)
        if db is None:
            return self.map(name, (), da, dy, b)
        if da is None:
            return (
                self.map("multiply", (), db, dy, a) if kind is F.Multiply else self.map("divide_by_b", (), db, y, b, dy)
            )
        return self.map(f"{name}_back", (), da, first, b, dy, z=db)
