"""Update kernels and solver methods with planted bugs. Each is right but for one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.choosing import Registry
from mocha_core.kernel import Accept, Binding, Decline
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu
from mocha_core.solvers import SGD, AdamW, UpdateSite, UpdateValues
from mocha_core.solvers.method import Fields, GenericUpdate, Place
from mocha_core.specs import spec
from mocha_core.steps import Step

from .kernels import MutantBackend


def backend_with(method: type[Any], kernel: type[GenericUpdate]) -> MutantBackend:
    """A backend whose only kernel updates by this method."""
    backend = MutantBackend()
    backend.registry = Registry(tiers=((Binding(method, kernel),),))
    return backend


class RightUpdate(GenericUpdate):
    """Without a bug: must pass."""


class ClimbsUp(GenericUpdate):
    """The wrong sign; no momentum, multiplier or regularizer."""

    def run(self, fields: Fields) -> None:
        for place in self.state.places:
            place.weight.array[...] += fields["learning_rate"] * place.diff.array


class TakesMomentumOfNow(GenericUpdate):
    def run(self, fields: Fields) -> None:
        super().run({**fields, "last_momentum": fields["momentum"]})


class ForgetsMultiplier(GenericUpdate):
    def _update(self, place: Place, fields: Fields) -> None:
        weight = place.weight.array.copy()
        super()._update(place, fields)
        rate = place.site.param.rate
        if rate:
            place.weight.array[...] = weight + (place.weight.array - weight) / rate


class ForgetsRegularizer(GenericUpdate):
    def _decay(self, place: Place) -> Array:
        return np.zeros_like(place.weight.array)


class TakesAnyPenaltyForL2(GenericUpdate):
    """It should decline the regularizers that it does not know."""

    def _decay(self, place: Place) -> Array:
        known = isinstance(place.site.param.regularizer, NoRegu | L1Regu | L2Regu)
        return super()._decay(place) if known else self.state.regu_coef * 2 * place.weight.array


class StartsHistoryAnew(GenericUpdate):
    def run(self, fields: Fields) -> None:
        for place in self.state.places:
            for blob in place.history.values():
                blob.zero()
        super().run(fields)


class WritesGradient(GenericUpdate):
    def run(self, fields: Fields) -> None:
        super().run(fields)
        for place in self.state.places:
            place.diff.array[...] = 0


class CountsForAll(GenericUpdate):
    """Takes the updates of the first parameter for those of all."""

    def run(self, fields: Fields) -> None:
        counts = [place.updates for place in self.state.places]
        for place in self.state.places:
            place.updates = counts[0]
        super().run(fields)
        for place, count in zip(self.state.places, counts, strict=True):
            place.updates = count


class OnlyByHand(GenericUpdate):
    """As a step of a program it does nothing."""

    def as_step(self, fields: Callable[[], Fields]) -> Step:
        return lambda: None


class HalvesLongOnes(GenericUpdate):
    """Leaves the end of large parameters alone."""

    def _update(self, place: Place, fields: Fields) -> None:
        rest = place.weight.array.reshape(-1)[1024:]
        before = rest.copy()
        super()._update(place, fields)
        rest[...] = before


class DeclinesAll(GenericUpdate):
    """Not a bug: the generic kernel does its work."""

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        return Decline("not today")


Result = tuple[Array, dict[str, Array]]


@spec
class RightMethod(SGD):
    """Without a bug: must pass."""


@spec
class RightDecoupled(AdamW):
    """Without a bug: must pass."""


@spec
class GivesAScalar(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        weight, fresh = SGD.update(self, xp, u)
        return xp.mean(weight), fresh


@spec
class ForgetsASlot(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        return SGD.update(self, xp, u)[0], {}


@spec
class WritesHistory(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        weight, fresh = SGD.update(self, xp, u)
        u.history["history"][...] = fresh["history"]
        return weight, fresh


@spec
class AlwaysDouble(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        weight, fresh = SGD.update(self, xp, u)
        return xp.astype(weight, xp.float64), fresh


@spec
class IgnoresMultiplier(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        u.rate = 1.0
        return SGD.update(self, xp, u)


@spec
class IgnoresDecay(AdamW):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        u.decay = 0 * u.decay
        return AdamW.update(self, xp, u)


@spec
class OnlyNumPy(SGD):
    def update(self, xp: Any, u: UpdateValues) -> Result:
        weight, fresh = SGD.update(self, xp, u)
        return xp.nan_to_num(weight), fresh


@spec
class HidesAnOption(SGD):
    base: float = 1.0

    def __repr__(self) -> str:
        return "HidesAnOption(rest=1)"
