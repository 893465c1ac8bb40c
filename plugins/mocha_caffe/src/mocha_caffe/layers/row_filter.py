"""Samples kept by a flag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class RowFilterLayer(Layer):
    """Keeps the samples of its bottoms whose flag is not zero, in their order: Caffe's Filter.

    The last bottom holds the flags, one number for each sample; it gets no gradient. There is one top for each other
    bottom. Where Caffe's tops shrink to the samples kept, the shapes of a Mocha net stay: the samples kept come first,
    and what follows them holds `fills`.

    fills: one number for each top; 0 by default. For labels take the one that the loss ignores.

    >>> layer = RowFilterLayer(name="kept", fills=[0, -1], bottoms=["x", "label", "flag"], tops=["x2", "label2"])
    >>> [top.shape for top in layer.plan((BlobSpec((8, 3)), BlobSpec((8, 1)), BlobSpec((8,)))).tops]
    [(8, 3), (8, 1)]
    """

    fills: Sequence[float] = ()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        if not self.tops or len(self.bottoms) != len(self.tops) + 1:
            raise self.refuse(
                f"needs one top for each bottom but the last, which holds the flags; "
                f"got {len(self.bottoms)} bottoms and {len(self.tops)} tops"
            )
        if len(self.fills) not in (0, len(self.tops)):
            raise self.refuse(f"fills={self.fills} must be one number for each of {len(self.tops)} tops")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        *blobs, flags = bottoms
        if any(x.shape[:1] != (flags.size,) for x in blobs):
            said = ", ".join(map(str, blobs))
            raise self.misfit(f"{self.bottoms[-1]!r} is {flags}: one flag for each sample of {said} is needed")
        last = len(blobs)
        return Plan(tops=tuple(blobs), saves=frozenset({f"x{last}"}), constants=(last,))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        *xs, flags = v.xs
        order, kept = _order(xp, flags)
        fills = self.fills or (0.0,) * len(xs)
        return tuple(
            xp.where(_wide(xp, kept, x), xp.take(x, order, axis=0), xp.full_like(x, float(fill)))
            for x, fill in zip(xs, fills, strict=True)
        )

    def backward(self, xp: Any, v: Values) -> Grads:
        order, kept = _order(xp, v.xs[-1])
        back = xp.argsort(order)
        dxs = tuple(
            xp.take(xp.where(_wide(xp, kept, dy), dy, xp.zeros_like(dy)), back, axis=0) if want else None
            for dy, want in zip(v.dys, v.wants, strict=False)
        )
        return Grads((*dxs, None))


def _order(xp: Any, flags: Array) -> tuple[Array, Array]:
    """The number of the sample that comes to each place, those kept first; and whether the place holds one of them."""
    kept = xp.reshape(flags, (-1,)) != 0
    places = xp.arange(kept.shape[0])
    order = xp.argsort(xp.where(kept, places, places + kept.shape[0]))
    return order, xp.take(kept, order, axis=0)


def _wide(xp: Any, kept: Array, x: Array) -> Array:
    return xp.reshape(kept, (-1, *(1,) * (x.ndim - 1)))
