"""Parameters of many kinds on one backend, and the kernels of one method that update them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..backend import Backend
from ..blob import Array, Blob, BlobSpec
from ..constraints import NoCons
from ..initializers import ConstantInitializer
from ..plan import ParamSpec
from ..regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from ..solvers import SolverMethod, SolverParameters, UpdateSite
from ..solvers.method import Fields, Place
from ..solvers.updater import share_out
from ..specs import spec
from .failure import CheckFailure, Outcome
from .values import USUAL, Host, Numbers, grid

UPDATES, REGU_COEF = 3, 0.125
SHAPES = ((7,), (3, 5), (40, 65))
RATES = (1.0, 2.0, 0.0)


@spec
class Foreign(Regularizer):
    """R(w) = sum(w^4) / 4, which no kernel can know."""

    def value(self, xp: Any, w: Array) -> Array:
        return xp.sum(w * w * w * w) / 4

    def gradient(self, xp: Any, w: Array) -> Array:
        return w * w * w


REGULARIZERS = (NoRegu(), L2Regu(2.0), L1Regu(0.5), Foreign())
PARAMS = tuple(
    ParamSpec(f"p{k}", SHAPES[(k + k // 3) % 3], ConstantInitializer(0.0), regularizer, NoCons(), rate=rate)
    for k, (regularizer, rate) in enumerate(itertools.product(REGULARIZERS, RATES))
)
"""One for every pair of a regularizer and a multiplier."""


class UpdateRig:
    """A method's kernels on a backend, chosen as a solver would, for one parameter of each kind."""

    def __init__(
        self,
        method: SolverMethod,
        params: SolverParameters,
        backend: Backend,
        dtype: str,
        numbers: Numbers = USUAL,
    ) -> None:
        self.method, self.params, self.backend, self.dtype, self.numbers = method, params, backend, dtype, numbers
        self.where = f"{method!r} on {backend.name} in {dtype}"
        self.places = [self._place(param, seed) for seed, param in enumerate(PARAMS)]
        self.kernels = [share.kernel for share in share_out(backend, method, REGU_COEF, self.places)]

    def run(self) -> Outcome:
        """Some updates, each with other gradients and fields; weights and history afterwards."""
        fields = self.method.start(self.params)
        for iteration in range(1, UPDATES + 1):
            fields = self.method.advance(self.params, iteration, fields)
            for seed, place in enumerate(self.places):
                place.updates = iteration + seed  # some have had updates that others, frozen then, had not
                place.diff.set(self.numbers.shaken(gradients(place, iteration, seed)))
            try:
                self._update(fields, as_program=iteration == UPDATES)
            except Exception as error:
                raise CheckFailure(f"{self.where}: the update raised {type(error).__name__}: {error}") from error
        return {name: blob.to_array() for place in self.places for name, blob in _results(place)}

    def _update(self, fields: Fields, as_program: bool) -> None:
        if as_program:
            self.backend.compile([kernel.as_step(lambda: fields) for kernel in self.kernels])()
        else:
            with self.backend.arithmetic():
                for kernel in self.kernels:
                    kernel.run(fields)
        self.backend.sync()

    def _place(self, param: ParamSpec, seed: int) -> Place:
        weight, diff, *history = (self._blob(param) for _ in range(2 + len(self.method.slots)))
        weight.set(self.numbers.shaken(sparse(param.shape, seed)))
        for blob in history:
            blob.fill(0.0)
        site = UpdateSite(self.method, param, self.dtype)
        slots = dict(zip(self.method.slots, history, strict=True))
        return Place(site=site, weight=weight, diff=diff, history=slots)

    def _blob(self, param: ParamSpec) -> Blob:
        of_type = BlobSpec(param.shape, self.dtype)
        return Blob(self.backend, of_type, self.backend.empty(of_type), param.name)


def sparse(shape: tuple[int, ...], seed: int) -> Host:
    """A grid, of which about a third is zero."""
    values = grid(shape, seed)
    return np.where(np.abs(values) < 1 / 3, 0.0, values)


def gradients(place: Place, iteration: int, seed: int) -> Host:
    """What is in a place's `diff` at an update."""
    return sparse(place.weight.shape, 100 * iteration + seed)


def _results(place: Place) -> list[tuple[str, Blob]]:
    param = place.site.param
    where = f"a parameter of {param.shape} with {param.regularizer!r} and rate {param.rate}"
    return [(f"the weight of {where}", place.weight)] + [(f"{n} of {where}", b) for n, b in place.history.items()]
