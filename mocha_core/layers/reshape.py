"""The same numbers under another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..errors import ShapeError
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom

INFER, COPY = -1, 0


@spec(kw_only=True)
class ReshapeLayer(Layer):
    """Gives every sample the shape `shape`, in C order; the batch size stays. No bytes move where they can be shared.

    shape: of one sample, the batch excluded; 0 copies the bottom's size in that place; one size may be -1, it is then
    what the number of elements asks for.
    axis, num_axes: `shape` takes the place of so many axes from that one on, -1 being all there are; by default all but
    the batch. A negative axis counts from the end: -1 is behind the last, so that axes are added there.

    >>> layer = ReshapeLayer(shape=(3, -1), bottoms=["data"], tops=["rows"])
    >>> layer.plan((BlobSpec((64, 2, 6)),)).tops[0].shape
    (64, 3, 4)
    >>> layer.replace(shape=(1,), axis=2, num_axes=0).plan((BlobSpec((64, 2, 6)),)).tops[0].shape
    (64, 2, 1, 6)
    """

    name: str = "reshape"
    shape: Sequence[int]
    axis: int = 1
    num_axes: int = -1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if min(self.shape, default=0) < INFER or self.shape.count(INFER) > 1:
            raise self.refuse(f"shape={self.shape} must hold sizes, 0 to copy one, and -1 at most once")
        if self.num_axes < -1:
            raise self.refuse(f"num_axes is -1, for all axes, or how many, not {self.num_axes}")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(x.with_shape(*self._checked(x)) for x in bottoms)
        return Plan(tops=tops, saves=frozenset(), views=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.reshape(x, self._shape(x.shape)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(xp.reshape(dy, x.shape) if want else None for x, dy, want in blobs))

    def resized(self, num: int, trained: int) -> Layer:
        """A batch size that `shape` names grows and shrinks with the batch."""
        first = self.shape[0] if self.axis == 0 and self.shape else 0
        if first <= 0 or first % trained:
            return self
        return self.replace(shape=(first // trained * num, *self.shape[1:]))

    def _checked(self, x: BlobSpec) -> Shape:
        first, last = self._replaced(x.shape)
        if not 0 <= first <= last <= len(x.shape):
            raise self.misfit(f"axis={self.axis} and num_axes={self.num_axes} do not fit on {x}")
        if any(size == COPY and first + k >= len(x.shape) for k, size in enumerate(self.shape)):
            raise self.misfit(f"shape={self.shape} copies a size that {x} does not have from axis {self.axis} on")
        top = self._shape(x.shape)
        if math.prod(top) != x.size:
            raise self._too_many(x, x.with_shape(*x.shape[first:last]))
        return top

    def _too_many(self, x: BlobSpec, part: BlobSpec) -> ShapeError:
        sample = len(x.shape) == len(part.shape) + 1 and self.axis == 1
        what, rest = ("a sample", f", the batch size {x.shape[0]} not counted") if sample else ("the part", "")
        return self.misfit(
            f"{what} of {part} has {part.size} elements, shape={self.shape} cannot hold them; "
            f"choose sizes whose product is {part.size}{rest}"
        )

    def _shape(self, x: Shape) -> Shape:
        first, last = self._replaced(x)
        sizes = [x[first + k] if size == COPY else size for k, size in enumerate(self.shape)]
        known = math.prod(size for size in sizes if size != INFER)
        inferred = math.prod(x[first:last]) // known
        return (*x[:first], *(inferred if size == INFER else size for size in sizes), *x[last:])

    def _replaced(self, x: Shape) -> tuple[int, int]:
        """The axes that `shape` takes the place of, first to one behind the last."""
        first = self.axis if self.axis >= 0 else len(x) + self.axis + 1
        return first, len(x) if self.num_axes == -1 else first + self.num_axes
