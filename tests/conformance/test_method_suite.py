"""The kit as the author of a solver method uses it: one method, one update kernel for it, the suite for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from mocha_core import LRPolicy, SolverMethod, UpdateKernel, UpdateSite, UpdateState, UpdateValues, spec
from mocha_core.blob import Array
from mocha_core.choosing import Registry
from mocha_core.kernel import Accept, Binding, Decline
from mocha_core.regularizers import NoRegu
from mocha_core.solvers.method import Fields
from mocha_core.testing import MethodSuite, ReferenceBackend


@spec
class Signs(SolverMethod):
    """w <- w - lr c sign(h), h <- beta h + (1 - beta) g."""

    slots: ClassVar[tuple[str, ...]] = ("history",)
    constants: ClassVar[tuple[str, ...]] = ("beta",)

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(0.001), "beta": 0.9}

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        beta = u.fields["beta"]
        h = beta * u.history["history"] + (1 - beta) * u.grad
        return u.weight - (u.fields["learning_rate"] * u.rate) * xp.sign(h), {"history": h}


class FastSigns(UpdateKernel):
    """In place, without a regularizer."""

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        return Accept() if isinstance(site.param.regularizer, NoRegu) else Decline("has a regularizer")

    def __init__(self, backend: Any, state: UpdateState) -> None:
        self.places = state.places

    def run(self, fields: Fields) -> None:
        for place in self.places:
            h = place.history["history"].array
            h *= fields["beta"]
            h += (1 - fields["beta"]) * place.diff.array
            place.weight.array[...] -= fields["learning_rate"] * place.site.param.rate * np.sign(h)


class FastBackend(ReferenceBackend):
    name: ClassVar[str] = "fast"

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.registry = Registry(tiers=((Binding(Signs, FastSigns),),))


class TestSigns(MethodSuite):
    method = Signs()
    params: ClassVar[Mapping[str, Any]] = {"beta": 0.75}
    backends = ("strict", FastBackend)
