"""Layers with state that each forward changes, and bugs planted in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocha_core.blob import Array, BlobSpec
from mocha_core.constraints import NoCons
from mocha_core.initializers import ConstantInitializer
from mocha_core.layer import Grads, Layer, Values
from mocha_core.plan import ParamSpec, Plan
from mocha_core.regularizers import NoRegu
from mocha_core.specs import spec

from .layers import Wrapper, changed


def kept(name: str, *bottoms: BlobSpec, past: str = "") -> ParamSpec:
    """State for each column."""
    shape = (1, *bottoms[0].shape[1:])
    return ParamSpec(name, shape, ConstantInitializer(1.0), NoRegu(), NoCons(), trained=False, past=past)


def running(xp: Any, v: Values) -> Array:
    return 0.5 * v.params["m"] + 0.5 * xp.mean(v.xs[0], axis=0, keepdims=True)


@spec(kw_only=True)
class Centred(Layer):
    """y = x - m, then m <- m / 2 + mean(x) / 2."""

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms, params=(kept("m", *bottoms),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (v.xs[0] - v.params["m"],)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {"m": running(xp, v)}

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads((v.dys[0] if v.wants[0] else None,))


@spec(kw_only=True)
class Gained(Layer):
    """y = m x, then m as above; what m was is kept, because backward comes after the change."""

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        params = (kept("m", *bottoms, past="before"), kept("before", *bottoms, past="before"))
        return Plan(tops=bottoms, params=params, saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (v.xs[0] * v.params["m"],)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {"before": v.params["m"], "m": running(xp, v)}

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads((v.dys[0] * v.params["before"] if v.wants[0] else None,))


class TripleGradient(Wrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        return changed(self.inner.backward(xp, v), 3.0)


class NoGradient(Wrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        return changed(self.inner.backward(xp, v), 0.0)


class ForgetsThatStateMoved(Wrapper):
    """Backward takes the state as it is now for that of forward."""

    def backward(self, xp: Any, v: Values) -> Grads:
        v.params = {**v.params, "before": v.params["m"]}
        return self.inner.backward(xp, v)


class UpdatesByAScalar(Wrapper):
    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {name: xp.mean(value) for name, value in self.inner.updates(xp, v).items()}


class UpdatesInDouble(Wrapper):
    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {name: xp.astype(value, xp.float64) for name, value in self.inner.updates(xp, v).items()}


class UpdatesWhatIsTrained(Wrapper):
    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {"weight": 0.5 * v.params["weight"]}


class UpdatesAnother(Wrapper):
    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return {"mean": running(xp, v)}
