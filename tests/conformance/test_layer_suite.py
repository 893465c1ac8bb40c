"""The kit as the author of a layer uses it: one layer in this file, one fast kernel, and the whole suite for both."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st

from mocha_core.blob import Array, BlobSpec
from mocha_core.choosing import Registry
from mocha_core.kernel import Accept, Binding, Decline, Kernel, LayerState, Scratch, Site
from mocha_core.layer import Grads, Layer, Values
from mocha_core.plan import Plan
from mocha_core.specs import spec
from mocha_core.testing import Bottom, Case, LayerSuite, ReferenceBackend, shapes


@spec(kw_only=True)
class Gate(Layer):
    """y = a * x * tanh(x)."""

    a: float = 1.0

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, saves=frozenset({"xs"}), overlays=((0, 0),))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (self.a * x * xp.tanh(x),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads(xs=(None,))
        t = xp.tanh(x)
        return Grads(xs=(self.a * dy * (t + x * (1 - t * t)),))


class GateKernel(Kernel):
    """Keeps tanh(x) from forward to backward; takes matrices only."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        if len(site.bottoms[0].shape) != 2:
            return Decline("no matrix")
        return Accept(scratch=(Scratch(site.bottoms[0]), Scratch(site.bottoms[0])), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state, self.a = state, state.layer.a
        self.t, self.x = (blob.array for blob in state.scratch)

    def forward(self) -> None:
        x, y = self.state.bottoms[0].array, self.state.tops[0].array
        self.x[...] = x
        np.tanh(x, out=self.t)
        np.multiply(x, self.t, out=y)
        y *= self.a

    def backward(self) -> None:
        diff, dy = self.state.bottom_diffs[0], self.state.top_diffs[0].array
        if diff is not None:
            np.multiply(dy, self.a * (self.t + self.x * (1 - self.t**2)), out=diff.array)


class FastBackend(ReferenceBackend):
    name: ClassVar[str] = "fast"

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.registry = Registry(tiers=((Binding(Gate, GateKernel),),))


@st.composite
def gates(draw: st.DrawFn) -> Case:
    a = draw(st.sampled_from([0.5, 1.0, 3.0]))
    return Case(Gate(name="gate", a=a, bottoms=["x"], tops=["y"]), (Bottom(draw(shapes(1, 4))),))


class TestGate(LayerSuite):
    plain = Case(Gate(name="gate", bottoms=["x"], tops=["y"]), (Bottom((3, 5)),))
    cases = gates()
    backends = ("strict", FastBackend)
