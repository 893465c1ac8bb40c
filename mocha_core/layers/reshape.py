"""The same numbers under another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, whole_numbers

INFER = -1


@spec(kw_only=True)
class ReshapeLayer(Layer):
    """Gives every sample the shape `shape`, in C order; the batch size stays. No bytes move where they can be shared.

    shape: of one sample, the batch excluded; one size may be -1, it is then what the number of elements asks for.

    >>> layer = ReshapeLayer(shape=(3, -1), bottoms=["data"], tops=["rows"])
    >>> layer.plan((BlobSpec((64, 2, 6)),)).tops[0].shape
    (64, 3, 4)
    """

    name: str = "reshape"
    shape: Sequence[int]

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        self._put("shape", whole_numbers(self, "shape", self.shape))
        if any(size < 1 and size != INFER for size in self.shape) or self.shape.count(INFER) > 1:
            raise self.refuse(f"shape={self.shape} must hold positive sizes, and -1 at most once")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(x.with_shape(*self._shape(x)) for x in bottoms)
        return Plan(tops=tops, saves=frozenset(), views=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.reshape(x, (x.shape[0], *self._sample(math.prod(x.shape[1:])))) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(xp.reshape(dy, x.shape) if want else None for x, dy, want in blobs))

    def _shape(self, x: BlobSpec) -> Shape:
        elements = math.prod(x.shape[1:])
        sample = self._sample(elements)
        if math.prod(sample) != elements:
            raise self.misfit(
                f"a sample of {x.with_shape(*x.shape[1:])} has {elements} elements, shape={self.shape} cannot hold "
                f"them; choose sizes whose product is {elements}, the batch size {x.shape[0]} not counted"
            )
        return (x.shape[0], *sample)

    def _sample(self, elements: int) -> Shape:
        known = math.prod(size for size in self.shape if size != INFER)
        return tuple(elements // known if size == INFER else size for size in self.shape)
