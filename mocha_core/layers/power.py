"""Powers of a linear function of the input."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class PowerLayer(Layer):
    """y = (scale*x + shift)^power, for each bottom.

    dx = dy * power*scale*(scale*x + shift)^(power-1), computed as written, so it is exact where the base is zero.
    A negative base with a power that is no whole number gives NaN.

    >>> PowerLayer(power=2, bottoms=["x"], tops=["square"])
    PowerLayer(bottoms=('x',), tops=('square',), power=2)
    """

    name: str = "power"
    power: float = 1.0
    scale: float = 1.0
    shift: float = 0.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        saves = frozenset() if self._is_linear else frozenset({"xs"})
        return Plan(tops=bottoms, saves=saves, overlays=tuple((k, k) for k in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._base(x) ** float(self.power) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._gradient(x, dy) if want else None for x, dy, want in blobs))

    def _gradient(self, x: Array, dy: Array) -> Array:
        slope = float(self.power * self.scale)
        return slope * dy if self._is_linear else slope * dy * self._base(x) ** float(self.power - 1)

    def _base(self, x: Array) -> Array:
        return float(self.scale) * x + float(self.shift)

    @property
    def _is_linear(self) -> bool:
        """The slope is the same everywhere; then 0 * 0^-1 must not come up."""
        return self.power in (0, 1) or self.scale == 0
