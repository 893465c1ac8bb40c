"""The updates of `Adam` and `AdamW`."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mocha_core.blob import Array
from mocha_core.solvers.method import Fields
from mocha_core.solvers.moments import unbiased

from .updates import Job, PiecewiseUpdate


class AdamUpdate(PiecewiseUpdate):
    """m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - a m / (sqrt(v) + epsilon), g = dw + 2 regu w."""

    parts: ClassVar[int] = 2

    def update(self, job: Job, fields: Fields) -> None:
        rate = _rate(job, fields)
        for w, diff, m, v in job.views:
            part, other = (work[: w.size] for work in job.work)
            _step(job.gradient(w, diff, part), m, v, part, other, fields)
            np.multiply(part, rate, out=part)
            np.subtract(w, part, out=w)


class AdamWUpdate(PiecewiseUpdate):
    """As `AdamUpdate` with g = dw, but w <- (1 - lr c 2 regu) w before the step."""

    parts: ClassVar[int] = 2

    def update(self, job: Job, fields: Fields) -> None:
        rate = _rate(job, fields)
        keep = 1 - fields["learning_rate"] * job.rate * job.decay
        for w, diff, m, v in job.views:
            part, other = (work[: w.size] for work in job.work)
            _step(diff, m, v, part, other, fields)
            np.multiply(part, rate, out=part)
            np.multiply(w, keep, out=w)
            np.subtract(w, part, out=w)


def _rate(job: Job, fields: Fields) -> float:
    correction = unbiased(fields["beta1"], fields["beta2"], job.place.updates)
    return fields["learning_rate"] * job.rate * correction


def _step(g: Array, m: Array, v: Array, part: Array, other: Array, fields: Fields) -> None:
    """The new moments; m / (sqrt(v) + epsilon) in `part`, which may hold g."""
    beta1, beta2 = fields["beta1"], fields["beta2"]
    np.multiply(m, beta1, out=m)
    np.multiply(g, 1 - beta1, out=other)
    np.add(m, other, out=m)
    np.multiply(v, beta2, out=v)
    np.multiply(g, g, out=other)
    np.multiply(other, 1 - beta2, out=other)
    np.add(v, other, out=v)
    np.sqrt(v, out=other)
    np.add(other, fields["epsilon"], out=other)
    np.divide(m, other, out=part)
