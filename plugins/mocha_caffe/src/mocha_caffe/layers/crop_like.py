"""A part of a blob, as large as another blob."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs, resolve_axis
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class CropLikeLayer(Layer):
    """Cuts the first bottom to the size of the second from `axis` on: Caffe's Crop. The second gets no gradient.

    axis: the first axis that is cut, as NumPy counts; the axes before it stay as they are.
    offsets: where the part begins: one number for all axes that are cut, or one for each; 0 by default.

    >>> layer = CropLikeLayer(name="score", offsets=[19], bottoms=["upscore", "data"], tops=["score"])
    >>> layer.plan((BlobSpec((1, 21, 568, 568)), BlobSpec((1, 3, 500, 480)))).tops[0].shape
    (1, 21, 500, 480)
    """

    axis: int = 2
    offsets: Sequence[int] = ()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=1)
        if min(self.offsets, default=0) < 0:
            raise self.refuse(f"offsets={self.offsets} must not be negative")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        x, like = bottoms
        axis = resolve_axis(self, self.axis, x)
        if len(like.shape) != len(x.shape):
            raise self.misfit(f"{x} and {like} must have as many axes")
        if len(self.offsets) not in (0, 1, len(x.shape) - axis):
            raise self.misfit(f"offsets={self.offsets} must be one, or one for each of {len(x.shape) - axis} axes")
        for side, (have, part) in enumerate(zip(x.shape, self._part(x.shape, like.shape), strict=True)):
            if part.stop > have:
                raise self.misfit(
                    f"along axis {side} the part {part.start} ... {part.stop - 1} leaves {x}; "
                    f"take a smaller offset than {part.start}, or a smaller blob than {like}"
                )
        return Plan(tops=(x.with_shape(*x.shape[:axis], *like.shape[axis:]),), saves=frozenset(), constants=(1,))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, like = v.xs
        return (x[self._part(x.shape, like.shape)],)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x, like), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None, None))
        dx = xp.zeros(x.shape, dtype=dy.dtype)
        dx[self._part(x.shape, like.shape)] = dy
        return Grads((dx, None))

    def _part(self, x: Shape, like: Shape) -> tuple[slice, ...]:
        axis = self.axis % len(x)
        cut = len(x) - axis
        offsets = self.offsets if len(self.offsets) > 1 else (*self.offsets, 0)[:1] * cut
        starts = (*(0,) * axis, *offsets)
        return tuple(slice(o, o + n) for o, n in zip(starts, (*x[:axis], *like[axis:]), strict=True))
