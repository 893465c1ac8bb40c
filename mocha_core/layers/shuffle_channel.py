"""Channels of several groups, mixed."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class ShuffleChannelLayer(Layer):
    """Deals the channels out: the first of each group, then the second of each, and so on.

    With G groups of K channels, channel k * G + g of the top is channel g * K + k of the bottom. Between convolutions
    with groups it lets each group see all others. Source: Zhang, Zhou, Lin, Sun, "ShuffleNet: an extremely efficient
    convolutional neural network for mobile devices", 2018.

    bottoms and tops: one top per bottom, (num, channels, ...).   groups: must divide the channels.

    >>> layer = ShuffleChannelLayer(name="shuffle", groups=3, bottoms=["conv"], tops=["mixed"])
    >>> layer.plan((BlobSpec((64, 240, 28, 20)),)).tops[0].shape
    (64, 240, 28, 20)
    """

    name: str = "shuffle-channel"
    groups: int

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if self.groups < 1:
            raise self.refuse(f"groups={self.groups} must be at least 1")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        for name, x in zip(self.bottoms, bottoms, strict=True):
            if len(x.shape) < 2 or x.shape[1] % self.groups:
                raise self.misfit(f"{name!r} is {x}; it needs channels on axis 1 that groups={self.groups} divides")
        return Plan(tops=bottoms, saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(_dealt(xp, x, self.groups) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.dys, v.wants, strict=True)
        return Grads(tuple(_dealt(xp, dy, dy.shape[1] // self.groups) if want else None for dy, want in wanted))


def _dealt(xp: Any, x: Array, groups: int) -> Array:
    """The same with `channels / groups` undoes it."""
    num, channels, *image = x.shape
    parts = xp.reshape(x, (num, groups, channels // groups, *image))
    return xp.reshape(xp.moveaxis(parts, 1, 2), x.shape)
