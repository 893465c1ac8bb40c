"""The update of `SGD`, with regularizer, momentum and step in one pass over the memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Decline
from mocha_core.regularizers import L2Regu, NoRegu
from mocha_core.solvers.method import Fields, UpdateKernel, UpdateSite, UpdateState

from ..chunks import piece, pieces


class SgdUpdate(UpdateKernel):
    """h <- mu' h - lr c (dw + 2 regu w);  w <- w + h, a piece at a time."""

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        if type(site.param.regularizer) not in (NoRegu, L2Regu):
            return Decline(f"does not know {site.param.regularizer}")
        return Accept()

    def __init__(self, backend: Any, state: UpdateState) -> None:
        self.jobs = []
        self.work: dict[str, Any] = {}
        for place in state.places:
            arrays = (place.weight.array, place.diff.array, place.history["history"].array)
            work = self.work.setdefault(place.site.dtype, np.empty(piece(place.site.dtype).shape, place.site.dtype))
            decay = _decay(place.site.param.regularizer, state.regu_coef)
            self.jobs.append((place.site.param.rate, decay, work, pieces(*arrays)))

    def run(self, fields: Fields) -> None:
        momentum = fields["last_momentum"]
        for rate, decay, work, views in self.jobs:
            step = fields["learning_rate"] * rate
            for weight, diff, history in views:
                part = work[: weight.size]
                np.multiply(history, momentum, out=history)
                if decay:
                    np.multiply(weight, step * decay, out=part)
                    np.subtract(history, part, out=history)
                np.multiply(diff, step, out=part)
                np.subtract(history, part, out=history)
                np.add(weight, history, out=weight)


def _decay(regularizer: object, regu_coef: float) -> float:
    return 2 * regularizer.coefficient * regu_coef if isinstance(regularizer, L2Regu) else 0.0
