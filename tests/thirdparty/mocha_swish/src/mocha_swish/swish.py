"""The layer: what it is, and its mathematics for every backend."""

from __future__ import annotations

from typing import Any

from mocha_core import BlobSpec, Grads, Layer, Plan, Values, spec


@spec(kw_only=True)
class Swish(Layer):
    """y = x s(beta x), with s(z) = 1 / (1 + exp(-z)), for each bottom (Ramachandran, Zoph, Le, 2017).

    dx = dy (s + beta y (1 - s)).

    >>> Swish(name="act", beta=2, bottoms=["x"], tops=["y"])
    Swish(name='act', bottoms=('x',), tops=('y',), beta=2)
    """

    beta: float = 1.0

    def check_options(self) -> None:
        if not self.bottoms or len(self.bottoms) != len(self.tops):
            raise self.refuse("name one top for each bottom")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset({"xs"}), overlays=tuple((i, i) for i in range(len(bottoms))))

    def forward(self, xp: Any, v: Values) -> tuple[Any, ...]:
        return tuple(x * self._gate(xp, x) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(dy * self._slope(xp, x) if want else None for x, dy, want in wanted))

    def _slope(self, xp: Any, x: Any) -> Any:
        s = self._gate(xp, x)
        return s + float(self.beta) * x * s * (1.0 - s)

    def _gate(self, xp: Any, x: Any) -> Any:
        """s(beta x), through tanh, which cannot overflow."""
        return 0.5 + 0.5 * xp.tanh(0.5 * float(self.beta) * x)
