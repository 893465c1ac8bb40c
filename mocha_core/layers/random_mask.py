"""Noise that sets elements to zero."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import TEST, Plan, Traits
from ..specs import spec
from .identity import IdentityLayer
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class RandomMaskLayer(Layer):
    """y = x where the element's random number exceeds `ratio`, else 0: dropout that does not scale, for any bottoms.

    In place on all its bottoms if no tops are named, else one top for each bottom. In the test phase it does nothing.
    Used to corrupt the input of a denoising auto-encoder; source: Vincent et al., "Extracting and composing robust
    features with denoising autoencoders", ICML 2008.

    ratio: the chance of an element to become 0, more than 0 and less than 1.

    >>> RandomMaskLayer(ratio=0.3, bottoms=["data"], tops=["corrupted"])
    RandomMaskLayer(bottoms=('data',), tops=('corrupted',), ratio=0.3)
    """

    name: str = "random-mask"
    ratio: float = 0.5

    traits: ClassVar[Traits] = Traits(phased=True)

    def check_options(self) -> None:
        if not 0 < self.ratio < 1:
            raise self.refuse(f"ratio={self.ratio} must be more than 0 and less than 1")
        if self.tops or not self.bottoms:
            need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        overlays = tuple((k, k) for k in range(len(bottoms)))
        return Plan(tops=bottoms, draws=bottoms, saves=frozenset({"draws"}), overlays=overlays)

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases or (phase == TEST and self.in_place):
            return None
        if phase == TEST:
            return IdentityLayer(name=self.name, bottoms=self.bottoms, tops=self.tops, phases=self.phases)
        return self

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._masked(xp, x, u) for x, u in zip(v.xs, v.draws, strict=True))

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.dys, v.draws, v.wants, strict=True)
        return Grads(xs=tuple(self._masked(xp, dy, u) if want else None for dy, u, want in wanted))

    def _masked(self, xp: Any, x: Array, u: Array) -> Array:
        return xp.where(u > self.ratio, x, xp.zeros_like(x))
