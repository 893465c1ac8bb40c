"""Images with their channels last, (num, height, width, channels): a layout that backends may choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .blob import Array, BlobSpec, Shape
from .layer import Grads, Layer, Values
from .plan import Plan, Traits
from .specs import spec


def to_last(shape: Shape) -> Shape:
    """The shape of images when the channels go last.

    >>> to_last((64, 3, 28, 20))
    (64, 28, 20, 3)
    """
    return (shape[0], *shape[2:], shape[1])


def to_first(shape: Shape) -> Shape:
    """The shape of images when the channels come back to the second place.

    >>> to_first((64, 28, 20, 3))
    (64, 3, 28, 20)
    """
    return (shape[0], shape[-1], *shape[1:-1])


@spec(kw_only=True)
class ChannelsLast(Layer):
    """A layer for images, on bottoms and tops with their channels last. Its parameters keep their shapes.

    Its mathematics is the member's between two reorderings, so that every kernel for this layout has a reference. A
    member with random draws gets none of its own order: it is refused.

    >>> from mocha_core import PoolingLayer
    >>> pool = PoolingLayer(name="pool", kernel=(2, 2), stride=(2, 2), bottoms=["x"], tops=["y"])
    >>> ChannelsLast.of(pool).plan((BlobSpec((1, 6, 4, 3)),)).tops[0].shape
    (1, 3, 2, 3)
    """

    member: Layer

    traits = Traits()

    @staticmethod
    def of(member: Layer, bottoms: Sequence[str] = (), tops: Sequence[str] = ()) -> ChannelsLast:
        """The layer on channels-last blobs, which may have names of their own."""
        return ChannelsLast(
            name=member.name, bottoms=bottoms or member.bottoms, tops=tops or member.tops, member=member
        )

    @property
    def key(self) -> str:
        return self.member.key

    @property
    def lead(self) -> Layer:
        return self.member.lead

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        for name, blob in zip(self.bottoms, bottoms, strict=True):
            if len(blob.shape) < 3:
                raise self.misfit(f"blob {name!r} is {blob}: images have at least three axes")
        plan = self.member.plan(tuple(b.with_shape(*to_first(b.shape)) for b in bottoms))
        if plan.draws:
            raise self.refuse("its random numbers are drawn with the channels in the second place")
        tops = tuple(t.with_shape(*to_last(t.shape)) for t in plan.tops)
        return replace(plan, tops=tops, views=())

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        return self.member.flops(tuple(b.with_shape(*to_first(b.shape)) for b in bottoms))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return _last(xp, self.member.forward(xp, self._inside(xp, v)))

    def backward(self, xp: Any, v: Values) -> Grads:
        grads = self.member.backward(xp, self._inside(xp, v))
        return Grads(_last(xp, grads.xs), grads.params)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return self.member.updates(xp, self._inside(xp, v))

    def _inside(self, xp: Any, v: Values) -> Values:
        """The values as the member sees them."""
        first = {name: _first(xp, getattr(v, name)) for name in ("xs", "ys", "dys")}
        return Values(**first, params=v.params, wants=v.wants, phase=v.phase)


@spec(kw_only=True)
class ToChannelsLast(Layer):
    """Copies images (num, channels, ...) into blobs (num, ..., channels)."""

    traits = Traits()

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(b.with_shape(*to_last(b.shape)) for b in bottoms)
        return Plan(tops=tops, saves=frozenset(), views=_unmoved(bottoms))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return _last(xp, v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(_first(xp, _wanted(v)))


@spec(kw_only=True)
class ToChannelsFirst(Layer):
    """Copies images (num, ..., channels) into blobs (num, channels, ...)."""

    traits = Traits()

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = tuple(b.with_shape(*to_first(b.shape)) for b in bottoms)
        return Plan(tops=tops, saves=frozenset(), views=_unmoved(tops))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return _first(xp, v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(_last(xp, _wanted(v)))


def _unmoved(images: tuple[BlobSpec, ...]) -> tuple[tuple[int, int], ...]:
    """Images (num, channels, ...) of one channel, or of one pixel, are the same bytes in both layouts."""
    return tuple((k, k) for k, b in enumerate(images) if b.shape[1] == 1 or b.size == b.shape[0] * b.shape[1])


def _wanted(v: Values) -> tuple[Array | None, ...]:
    return tuple(dy if want else None for dy, want in zip(v.dys, v.wants, strict=True))


def _last(xp: Any, arrays: Sequence[Array | None]) -> tuple[Any, ...]:
    return tuple(None if a is None else xp.permute_dims(a, (0, *range(2, a.ndim), 1)) for a in arrays)


def _first(xp: Any, arrays: Sequence[Array | None]) -> tuple[Any, ...]:
    return tuple(None if a is None else xp.permute_dims(a, (0, a.ndim - 1, *range(1, a.ndim - 1))) for a in arrays)
