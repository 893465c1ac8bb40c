"""A small array along some neighbouring axes of a blob: what scales, biases and slopes have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..layer import Layer
from .wiring import resolve_axis


@dataclass(frozen=True, slots=True)
class Place:
    """The axes `first`, ..., `last` - 1 of blobs of this shape.

    >>> Place((2, 3, 4, 5), 1, 2).small
    (3,)
    """

    shape: Shape
    first: int
    last: int

    @property
    def small(self) -> Shape:
        """The shape of the array that lies there."""
        return self.shape[self.first : self.last]

    @property
    def others(self) -> tuple[int, ...]:
        """The other axes."""
        return (*range(self.first), *range(self.last, len(self.shape)))

    def spread(self, xp: Any, small: Array) -> Array:
        """The small array in a shape that broadcasts with the blob."""
        return xp.reshape(small, (*(1,) * self.first, *self.small, *(1,) * (len(self.shape) - self.last)))

    def gather(self, xp: Any, large: Array) -> Array:
        """The adjoint of `spread` and broadcasting: the sum over the other axes, never `large` itself."""
        return xp.sum(large, axis=self.others) if self.others else xp.asarray(large, copy=True)

    def mean(self, xp: Any, large: Array) -> Array:
        """The mean over the other axes, of the small shape."""
        return xp.mean(large, axis=self.others) if self.others else large


def place(layer: Layer, blob: BlobSpec, axis: int, count: int) -> Place:
    """`count` axes of the blob from `axis` on, -1 for all there are; refuses axes that do not exist."""
    first, dims = resolve_axis(layer, axis, blob), len(blob.shape)
    last = dims if count == -1 else first + count
    if last > dims:
        raise layer.misfit(f"a blob of {blob} has {dims - first} axes from axis {axis} on, not {count}")
    return Place(blob.shape, first, last)


def channels(layer: Layer, blob: BlobSpec, axis: int) -> Place:
    """The one axis of the channels, which is not the batch."""
    found = place(layer, blob, axis, 1)
    if found.first == 0:
        raise layer.misfit(f"axis {axis} of a blob of {blob} is the batch; choose the axis of the channels")
    return found


def placed(layer: Layer, bottoms: tuple[Any, ...], axis: int, num_axes: int) -> Place:
    """Where on the first bottom the parameter lies, or the second bottom; refuses one of another shape."""
    x, *second = (BlobSpec(tuple(bottom.shape)) for bottom in bottoms)
    if not second:
        return place(layer, x, axis, num_axes)
    found = place(layer, x, axis, len(second[0].shape))
    if found.small != second[0].shape:
        raise layer.misfit(
            f"{layer.bottoms[1]!r} is {second[0]}, and {layer.bottoms[0]!r} from axis {axis} on is "
            f"{BlobSpec(found.small)}; they must be equal"
        )
    return found


def check_placed(layer: Any) -> None:
    """Refuse other than one or two bottoms and one top, and a number of axes below -1."""
    if len(layer.bottoms) not in (1, 2) or len(layer.tops) != 1:
        raise layer.refuse(
            f"needs one bottom, or two, and one top; got {len(layer.bottoms)} bottoms and {len(layer.tops)} tops"
        )
    if layer.num_axes < -1:
        raise layer.refuse(f"num_axes is -1, for all axes, or how many, not {layer.num_axes}")
