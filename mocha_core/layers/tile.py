"""A blob several times, one after the other."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_axis


@spec(kw_only=True)
class TileLayer(Layer):
    """Repeats each bottom `tiles` times along `axis`: as if joined with itself.

    axis: as NumPy counts, negative from the end; 1 is the channel.

    >>> TileLayer(tiles=3, bottoms=["x"], tops=["xxx"]).plan((BlobSpec((64, 2, 8)),)).tops[0].shape
    (64, 6, 8)
    """

    name: str = "tile"
    axis: int = 1
    tiles: int

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if self.tiles < 1:
            raise self.refuse(f"tiles={self.tiles} must be at least 1")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        axes = [resolve_axis(self, self.axis, x) for x in bottoms]
        tops = (
            x.with_shape(*x.shape[:axis], self.tiles * x.shape[axis], *x.shape[axis + 1 :])
            for x, axis in zip(bottoms, axes, strict=True)
        )
        return Plan(tops=tuple(tops), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.concat([x] * self.tiles, axis=self.axis) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._summed(xp, dy, x.shape) if want else None for x, dy, want in blobs))

    def _summed(self, xp: Any, dy: Array, shape: tuple[int, ...]) -> Array:
        axis = self.axis % len(shape)
        return xp.sum(xp.reshape(dy, (*shape[:axis], self.tiles, *shape[axis:])), axis=axis)
