"""Several blobs joined along one axis."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import resolve_axis


@spec(kw_only=True)
class ConcatLayer(Layer):
    """Joins its bottoms along `axis`, in their order; all other sizes must be equal.

    axis: as NumPy counts, negative from the end; 1 is the channel.

    >>> layer = ConcatLayer(bottoms=["a", "b"], tops=["ab"])
    >>> layer.plan((BlobSpec((64, 3, 8)), BlobSpec((64, 5, 8)))).tops[0].shape
    (64, 8, 8)
    """

    name: str = "concat"
    axis: int = 1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        if not self.bottoms or len(self.tops) != 1:
            raise self.refuse(
                f"needs at least one bottom, and one top, got {len(self.bottoms)} and {len(self.tops)}; "
                f"write bottoms=['a', 'b'], tops=['ab']"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        first = bottoms[0]
        axis = resolve_axis(self, self.axis, first)
        rest = [x.shape[:axis] + x.shape[axis + 1 :] for x in bottoms]
        if any(len(x.shape) != len(first.shape) or r != rest[0] for x, r in zip(bottoms, rest, strict=True)):
            shapes = ", ".join(str(x) for x in bottoms)
            raise self.misfit(f"shapes {shapes} differ elsewhere than along axis {self.axis}")
        joined = sum(x.shape[axis] for x in bottoms)
        top = first.with_shape(*first.shape[:axis], joined, *first.shape[axis + 1 :])
        return Plan(tops=(top,), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (xp.concat(v.xs, axis=self.axis),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (dy,) = v.dys
        axis = self.axis % dy.ndim
        ends = accumulate((x.shape[axis] for x in v.xs), initial=0)
        before = (slice(None),) * axis
        pieces = [(*before, slice(start, stop), ...) for start, stop in pairwise(ends)]
        return Grads(xs=tuple(dy[piece] if want else None for piece, want in zip(pieces, v.wants, strict=True)))
