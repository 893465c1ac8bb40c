"""The update of `Nesterov`."""

from __future__ import annotations

import numpy as np

from mocha_core.solvers.method import Fields

from .updates import Job, PiecewiseUpdate


class NesterovUpdate(PiecewiseUpdate):
    """w <- w - mu' h;  h <- mu' h - lr c (dw + 2 regu w);  w <- w + (1 + mu) h."""

    def update(self, job: Job, fields: Fields) -> None:
        momentum, step = fields["last_momentum"], fields["learning_rate"] * job.rate
        for w, diff, h in job.views:
            part = job.work[0][: w.size]
            np.multiply(job.gradient(w, diff, part), step, out=part)
            np.multiply(h, momentum, out=h)
            np.subtract(w, h, out=w)
            np.subtract(h, part, out=h)
            np.multiply(h, 1 + fields["momentum"], out=part)
            np.add(w, part, out=w)
