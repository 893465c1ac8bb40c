"""Samples picked by number."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.ops import add_rows, take_rows
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class BatchReindexLayer(Layer):
    """Sample k of the top is the sample of the first bottom whose number, from 0, the second holds in place k.

    A sample may be picked several times, or never. The numbers are stored as floats (they are rounded) and get no
    gradient; straight from the data they are checked, a wrong one is a `DataError`.

    >>> layer = BatchReindexLayer(name="pick", bottoms=["features", "which"], tops=["picked"])
    >>> layer.plan((BlobSpec((8, 256, 6, 6)), BlobSpec((3,)))).tops[0].shape
    (3, 256, 6, 6)
    """

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=1)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        x, which = bottoms
        if not x.shape:
            raise self.misfit(f"{self.bottoms[0]!r} is one number; there are no samples to pick")
        return Plan(tops=(x.with_shape(which.size, *x.shape[1:]),), saves=frozenset({"x1"}), constants=(1,))

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[0]

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, which = v.xs
        return (take_rows(xp, x, xp.reshape(which, (-1,))),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x, which), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None, None))
        rows = xp.reshape(dy, (dy.shape[0], -1))
        return Grads((xp.reshape(add_rows(xp, rows, xp.reshape(which, (-1,)), x.shape[0]), x.shape), None))
