"""Samples picked by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mocha_core.admitted import SLACK, Admitted
from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.ops import add_rows, take_rows
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class BatchReindexLayer(Layer):
    """Sample k of the top is the sample of the first bottom whose number, from 0, the second holds in place k.

    A sample may be picked several times, or never. The numbers are stored as floats (what follows the point is cut
    off, as in Caffe) and get no gradient. From data and inputs they are checked, a wrong one is a `DataError`; for one
    that a layer computes, and that is no sample, the top is NaN.

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

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        num = bottoms[0].shape[0]
        told = f"blob {self.bottoms[0]!r} has {num} samples: 0 ... {num - 1}"
        return {1: Admitted(low=0, high=num - 2 * SLACK, noun="sample number", told=told)}

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, which = v.xs
        return (take_rows(xp, x, _numbers(xp, which)),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x, which), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None, None))
        rows = xp.reshape(dy, (dy.shape[0], -1))
        return Grads((xp.reshape(add_rows(xp, rows, _numbers(xp, which), x.shape[0]), x.shape), None))


def _numbers(xp: Any, which: Array) -> Array:
    return xp.trunc(xp.reshape(which, (-1,)))
