"""What the updates of all methods have in common: one pass over the memory, a piece at a time."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline
from mocha_core.regularizers import L2Regu, NoRegu, Regularizer
from mocha_core.solvers.method import Fields, Place, UpdateKernel, UpdateSite, UpdateState

from ..chunks import piece, pieces


@dataclass(frozen=True, slots=True)
class Job:
    """One parameter: the regularizer's gradient is `decay` * weight.

    views: piece by piece, the weight, its gradient, and the method's slots in their order.
    work: memory for so many pieces, shared by all jobs of one element type.
    """

    place: Place
    decay: float
    views: list[tuple[Array, ...]]
    work: tuple[Array, ...]

    @property
    def rate(self) -> float:
        """The parameter's own multiplier of the learning rate."""
        return self.place.site.param.rate

    def gradient(self, weight: Array, diff: Array, part: Array) -> Array:
        """The gradient with regularisation: `part`, or `diff` itself where nothing is to be added."""
        if not self.decay:
            return diff
        np.multiply(weight, self.decay, out=part)
        return np.add(part, diff, out=part)


class PiecewiseUpdate(UpdateKernel):
    """Takes parameters with an L2 regularizer or none. A subclass says what happens to each.

    parts: how many pieces of memory it works with.
    """

    parts: ClassVar[int] = 1

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        if type(site.param.regularizer) not in (NoRegu, L2Regu):
            return Decline(f"does not know {site.param.regularizer}")
        return Accept()

    def __init__(self, backend: Any, state: UpdateState) -> None:
        work: dict[str, tuple[Array, ...]] = {}
        self.jobs = []
        for place in state.places:
            dtype = place.site.dtype
            if dtype not in work:
                work[dtype] = tuple(np.empty(piece(dtype).shape, dtype) for _ in range(self.parts))
            history = [place.history[slot].array for slot in state.method.slots]
            views = pieces(place.weight.array, place.diff.array, *history)
            self.jobs.append(Job(place, _decay(place.site.param.regularizer, state.regu_coef), views, work[dtype]))

    def run(self, fields: Fields) -> None:
        for job in self.jobs:
            self.update(job, fields)

    @abstractmethod
    def update(self, job: Job, fields: Fields) -> None:
        """One update of one parameter."""


def _decay(regularizer: Regularizer, regu_coef: float) -> float:
    return 2 * regularizer.coefficient * regu_coef if isinstance(regularizer, L2Regu) else 0.0
