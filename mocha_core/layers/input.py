"""Blobs that the caller fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..errors import DataError
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec


@spec(kw_only=True)
class InputLayer(Layer):
    """Tops of given shapes that are written from outside; takes the place of a data layer in a net for prediction.

    It reads nothing and holds nothing: `net.predict(array)` copies the array into the first top before each forward,
    and `net.blob(name).set(array)` fills any other. Until then they hold 0.

    shapes: one per top, the batch size first; () for a top that is one number.

    >>> InputLayer(tops=["data"], shapes=[(64, 1, 28, 28)]).plan(()).tops[0].shape
    (64, 1, 28, 28)
    """

    name: str = "input"
    shapes: Sequence[Sequence[int]]

    traits: ClassVar[Traits] = Traits(source=True, input=True, backprop=False)

    def check_options(self) -> None:
        if self.bottoms or not self.tops:
            raise self.refuse(f"needs no bottoms and at least one top, got {len(self.bottoms)} and {len(self.tops)}")
        if len(self.shapes) != len(self.tops):
            raise self.refuse(f"needs one shape per top, got {len(self.shapes)} shapes for tops {list(self.tops)}")
        for top, shape in zip(self.tops, self.shapes, strict=True):
            if min(shape, default=1) < 1:
                raise self.refuse(f"the shape {shape} of top {top!r} must be positive sizes, the batch size first")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=tuple(BlobSpec(tuple(shape)) for shape in self.shapes))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        raise DataError(f"layer {self.name!r} (InputLayer) has no data of its own; use net.predict(array)")
