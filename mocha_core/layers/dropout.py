"""Dropout."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import TEST, Plan, Traits
from ..specs import spec
from .identity import IdentityLayer


@spec(kw_only=True)
class DropoutLayer(Layer):
    """y = mask * x, where mask is 0 for the elements that are dropped and 1/(1 - ratio) for those that are kept.

    An element is kept where its random number exceeds `ratio`; each forward draws anew, each layer from a stream of its
    own. Works in place on its bottom if no top is named. In the test phase it does nothing. Source: Hinton et al.,
    "Improving neural networks by preventing co-adaptation of feature detectors", 2012.

    ratio: the chance of an element to be dropped, more than 0 and less than 1.
    auto_scale: divide by 1 - ratio, so that the expected value stays; False: the mask is 1 for elements that are kept.

    >>> DropoutLayer(name="drop1", ratio=0.3, bottoms=["ip1"]).in_place
    True
    """

    name: str = "dropout"
    ratio: float = 0.5
    auto_scale: bool = True

    traits: ClassVar[Traits] = Traits(phased=True)

    def check_options(self) -> None:
        if not 0 < self.ratio < 1:
            raise self.refuse(f"ratio={self.ratio} must be more than 0 and less than 1")
        if len(self.bottoms) != 1 or len(self.tops) > 1:
            raise self.refuse(
                f"needs one bottom and one top (or none, to work in place), got {len(self.bottoms)} bottoms and "
                f"{len(self.tops)} tops; use one dropout layer per blob"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, draws=bottoms, saves=frozenset({"draws"}), overlays=((0, 0),))

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases or (phase == TEST and self.in_place):
            return None
        if phase == TEST:
            return IdentityLayer(name=self.name, bottoms=self.bottoms, tops=self.tops, phases=self.phases)
        return self

    @property
    def scale(self) -> float:
        """What an element that is kept is multiplied by."""
        return 1 / (1 - self.ratio) if self.auto_scale else 1.0

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,), (u,) = v.xs, v.draws
        return (self._mask(xp, u) * x,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (dy,), (u,) = v.dys, v.draws
        return Grads(xs=(self._mask(xp, u) * dy if v.wants[0] else None,))

    def _mask(self, xp: Any, u: Array) -> Array:
        return self.scale * xp.astype(u > self.ratio, u.dtype)
