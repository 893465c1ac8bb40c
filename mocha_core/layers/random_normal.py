"""Noise as a source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..ops import along
from ..plan import Plan, Traits
from ..specs import spec


@spec(kw_only=True)
class RandomNormalLayer(Layer):
    """Tops of independent standard normal numbers, drawn anew in each forward, in the test phase too.

    It has no epoch: the epoch of a net is that of its first data layer. Its numbers are those of the backend's seed and
    the layer's name; a snapshot keeps how many were drawn. In the net's element type. Source of the formula: Box and
    Muller, "A note on the generation of random normal deviates", 1958.

    output_dims: the shape of one sample, the batch excluded.
    batch_sizes: one per top, or one number for all. Where `net.predict` runs other batches, they grow and shrink alike.

    >>> layer = RandomNormalLayer(tops=["noise"], output_dims=[50], batch_sizes=[64])
    >>> layer.plan(()).tops[0].shape
    (64, 50)
    """

    name: str = "random-normal"
    output_dims: Sequence[int]
    batch_sizes: int | Sequence[int]

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        if self.bottoms or not self.tops:
            raise self.refuse(f"needs no bottoms and at least one top, got {len(self.bottoms)} and {len(self.tops)}")
        self._put("batch_sizes", along(self.batch_sizes, len(self.tops)))
        for option in ("output_dims", "batch_sizes"):
            if not getattr(self, option) or min(getattr(self, option)) < 1:
                raise self.refuse(f"{option}={getattr(self, option)} must be positive sizes, at least one")
        if len(self._batches) != len(self.tops):
            raise self.refuse(f"needs one batch size per top, got {len(self._batches)} for {', '.join(self.tops)}")

    @property
    def _batches(self) -> tuple[int, ...]:
        return tuple(self.batch_sizes) if isinstance(self.batch_sizes, Sequence) else (self.batch_sizes,)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(BlobSpec((num, *self.output_dims)) for num in self._batches)
        draws = tuple(BlobSpec((2, (top.size + 1) // 2)) for top in tops)
        return Plan(tops=tops, draws=draws, saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        shapes = ((num, *self.output_dims) for num in self._batches)
        return tuple(_normal(xp, u, shape) for u, shape in zip(v.draws, shapes, strict=True))

    def resized(self, num: int, trained: int) -> Layer:
        return self.replace(batch_sizes=tuple(max(1, size * num // trained) for size in self._batches))


def _normal(xp: Any, u: Array, shape: tuple[int, ...]) -> Array:
    radius, angle = xp.sqrt(-2 * xp.log(u[0, :])), 2 * math.pi * u[1, :]
    pairs = xp.concat([radius * xp.cos(angle), radius * xp.sin(angle)])
    return xp.reshape(pairs[: math.prod(shape)], shape)
