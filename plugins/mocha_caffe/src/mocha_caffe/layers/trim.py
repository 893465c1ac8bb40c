"""A blob without its edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class TrimLayer(Layer):
    """Cuts elements off the beginning and the end of the last axes: CropCenter of waifu2x, and negative padding.

    begin, end: how many, one number for each of the last axes.

    >>> layer = TrimLayer(name="core", begin=(7, 7), end=(7, 6), bottoms=["conv"], tops=["core"])
    >>> layer.plan((BlobSpec((1, 3, 120, 100)),)).tops[0].shape
    (1, 3, 106, 87)
    """

    begin: Sequence[int]
    end: Sequence[int]

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if not self.begin or len(self.begin) != len(self.end) or min(*self.begin, *self.end) < 0:
            raise self.refuse(
                f"begin={self.begin} and end={self.end} must be for the same axes, at least one, and not negative"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if len(x.shape) < len(self.begin):
            raise self.misfit(f"begin={self.begin} is for {len(self.begin)} axes, and {x} has {len(x.shape)}")
        sides = tuple(part.stop - part.start for part in self._part(x.shape))
        if min(sides) < 1:
            raise self.misfit(f"begin={self.begin} and end={self.end} leave nothing of {x}")
        return Plan(tops=(x.with_shape(*sides),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (x[self._part(x.shape)],)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None,))
        dx = xp.zeros(x.shape, dtype=dy.dtype)
        dx[self._part(x.shape)] = dy
        return Grads((dx,))

    def _part(self, shape: Shape) -> tuple[slice, ...]:
        whole = (0,) * (len(shape) - len(self.begin))
        cuts = zip(shape, (*whole, *self.begin), (*whole, *self.end), strict=True)
        return tuple(slice(begin, side - end) for side, begin, end in cuts)
