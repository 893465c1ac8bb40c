"""Local response normalisation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import moving_sum
from ..plan import Plan
from ..specs import Spec, namespace, spec
from .images import need_images
from .wiring import need_blobs


class Neighbourhood(Spec, ABC):
    """Which elements of (num, channels, height, width) normalise one another."""

    __slots__ = ()

    @abstractmethod
    def axes(self) -> tuple[int, ...]:
        """Along which the neighbours lie."""


@spec
class AcrossChannel(Neighbourhood):
    """`kernel` channels at the same place; an even kernel reaches one channel further ahead than back.

    >>> from mocha_core import LRNMode
    >>> LRNMode.AcrossChannel()
    LRNMode.AcrossChannel()
    """

    def axes(self) -> tuple[int, ...]:
        return (1,)


@spec
class WithinChannel(Neighbourhood):
    """A square of `kernel` x `kernel` elements of one channel; the kernel is odd.

    >>> from mocha_core import LRNMode
    >>> LRNMode.WithinChannel()
    LRNMode.WithinChannel()
    """

    def axes(self) -> tuple[int, ...]:
        return (2, 3)


@namespace
class LRNMode:
    """The modes by the names that users write: `mode=LRNMode.WithinChannel()`."""

    AcrossChannel = AcrossChannel
    WithinChannel = WithinChannel


@spec(kw_only=True)
class LRNLayer(Layer):
    """y = x / D^power, D = shift + (scale / n) sum of x^2 over the n neighbours (Krizhevsky et al., 2012).

    n is `kernel` across channels and `kernel`^2 within a channel, also where neighbours lie beyond the border and
    count as zero. Bottom and top are images (num, channels, height, width).

    channel_axis: along which the neighbours across channels lie, as NumPy counts; not the batch.

    >>> from mocha_core import LRNLayer
    >>> LRNLayer(name="norm1", kernel=5, scale=1e-4, power=0.75, bottoms=["pool1"], tops=["norm1"])
    LRNLayer(name='norm1', bottoms=('pool1',), tops=('norm1',), scale=0.0001)
    """

    name: str = "lrn"
    kernel: int = 5
    scale: float = 1.0
    shift: float = 1.0
    power: float = 0.75
    mode: Neighbourhood = AcrossChannel()
    channel_axis: int = 1

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.kernel < 1:
            raise self.refuse(f"kernel is at least 1, not {self.kernel}")
        if self.kernel % 2 == 0 and isinstance(self.mode, WithinChannel):
            raise self.refuse(f"within a channel the kernel is odd, so that it has a centre, not {self.kernel}")
        if not -3 <= self.channel_axis <= 3 or self.channel_axis == 0:
            raise self.refuse(f"channel_axis is 1, 2 or 3 (or -3, -2, -1), not {self.channel_axis}")

    def axes(self) -> tuple[int, ...]:
        """Along which the neighbours lie."""
        return (self.channel_axis % 4,) if isinstance(self.mode, AcrossChannel) else self.mode.axes()

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        return Plan(tops=bottoms, saves=frozenset({"xs"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (x * self._divisor(xp, x) ** -self.power,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None,))
        d = self._divisor(xp, x)
        inner = self._sum(xp, dy * x * d ** (-self.power - 1), back=True)
        return Grads((dy * d**-self.power - 2 * self.power * self._rate() * x * inner,))

    def _divisor(self, xp: Any, x: Array) -> Array:
        return self.shift + self._rate() * self._sum(xp, x * x)

    def _rate(self) -> float:
        return self.scale / float(self.kernel) ** len(self.axes())

    def _sum(self, xp: Any, x: Array, back: bool = False) -> Array:
        """The sum over the neighbours; `back`: over those whose neighbour an element is."""
        behind = (self.kernel - 1) // 2
        ahead = self.kernel - 1 - behind
        for axis in self.axes():
            x = moving_sum(xp, x, axis, ahead, behind) if back else moving_sum(xp, x, axis, behind, ahead)
        return x
