"""Layers with planted bugs. Each is right but for one thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers import SoftmaxLossLayer
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class Wrapper(Layer):
    """A layer that does what another does; without a bug of its own, it must pass every check."""

    inner: Layer

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return self.inner.plan(bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return self.inner.forward(xp, v)

    def backward(self, xp: Any, v: Values) -> Grads:
        return self.inner.backward(xp, v)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        return self.inner.updates(xp, v)


def changed(grads: Grads, factor: float) -> Grads:
    return Grads(tuple(None if dx is None else factor * dx for dx in grads.xs), grads.params)


@spec(kw_only=True)
class LossWrapper(Wrapper):
    traits: ClassVar[Traits] = SoftmaxLossLayer.traits


class WrongSign(Wrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        return changed(self.inner.backward(xp, v), -1)


class DropoutForgetsScale(Wrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        return changed(self.inner.backward(xp, v), 1 - self.inner.ratio)  # type: ignore[attr-defined]


class MeanInsteadOfSum(Wrapper):
    """The gradient of the bias."""

    def backward(self, xp: Any, v: Values) -> Grads:
        grads = self.inner.backward(xp, v)
        return Grads(grads.xs, {**grads.params, "bias": grads.params["bias"] / v.dys[0].shape[0]})


class TransposedWeightGradient(Wrapper):
    """Shapes do not tell: the weight is square."""

    def backward(self, xp: Any, v: Values) -> Grads:
        grads = self.inner.backward(xp, v)
        return Grads(grads.xs, {**grads.params, "weight": grads.params["weight"].T})


class ForgetsSecondInput(Wrapper):
    """The gradients of the parameters come from the first bottom only."""

    def backward(self, xp: Any, v: Values) -> Grads:
        every = self.inner.backward(xp, v)
        first = Values(xs=v.xs[:1], ys=v.ys[:1], dys=v.dys[:1], params=v.params, wants=v.wants[:1])
        return Grads(every.xs, self.inner.backward(xp, first).params)


class ForgetsClassWeights(LossWrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        return self.inner.replace(weights=()).backward(xp, v)


class WrongDivisor(Wrapper):
    """Spreads the gradient of a mean over the part of the window that lies inside, not over the kernel's area."""

    def backward(self, xp: Any, v: Values) -> Grads:
        return self.inner.replace(divisor="window").backward(xp, v)


class DishonestSaves(Wrapper):
    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = self.inner.plan(bottoms)
        return Plan(tops=plan.tops, params=plan.params, saves=frozenset({"ys"}))


class DishonestDraws(Wrapper):
    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = self.inner.plan(bottoms)
        return Plan(tops=plan.tops, draws=plan.draws, overlays=plan.overlays, saves=frozenset({"xs", "ys"}))


class WritesInput(Wrapper):
    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        v.xs[0][...] = abs(v.xs[0])
        return self.inner.forward(xp, v)


class SpendsTopGradient(Wrapper):
    """A kernel may do that, a layer's mathematics may not."""

    def backward(self, xp: Any, v: Values) -> Grads:
        v.dys[0][...] = 2 * v.dys[0]
        return self.inner.backward(xp, v)


class UnwantedGradients(Wrapper):
    def backward(self, xp: Any, v: Values) -> Grads:
        v.wants = (True,) * len(v.xs)
        return self.inner.backward(xp, v)


class WrongShape(Wrapper):
    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(y[:1] for y in self.inner.forward(xp, v))


class AlwaysDouble(Wrapper):
    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.astype(y, xp.float64) for y in self.inner.forward(xp, v))


class Unseeded(Wrapper):
    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(y + np.random.default_rng().uniform() for y in self.inner.forward(xp, v))


class OnlyNumPy(Wrapper):
    """Uses a function that the array-API standard does not have."""

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.nan_to_num(y) for y in self.inner.forward(xp, v))


@spec(kw_only=True)
class Unhashable(Wrapper):
    options: Any = None

    def check_options(self) -> None:
        self._put("options", {"a": 1})


class HidesAnOption(Wrapper):
    def __repr__(self) -> str:
        return f"HidesAnOption(name={self.name!r})"


class EqualByIdentity(Wrapper):
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class NameDoesNotCount(Wrapper):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, NameDoesNotCount) and self.inner == other.inner

    __hash__ = Wrapper.__hash__
