"""The update of `SGD`."""

from __future__ import annotations

import numpy as np

from mocha_core.solvers.method import Fields

from .updates import Job, PiecewiseUpdate


class SgdUpdate(PiecewiseUpdate):
    """h <- mu' h - lr c (dw + 2 regu w);  w <- w + h."""

    def update(self, job: Job, fields: Fields) -> None:
        momentum, step = fields["last_momentum"], fields["learning_rate"] * job.rate
        for w, diff, h in job.views:
            part = job.work[0][: w.size]
            np.multiply(h, momentum, out=h)
            if job.decay:
                np.multiply(w, step * job.decay, out=part)
                np.subtract(h, part, out=h)
            np.multiply(diff, step, out=part)
            np.subtract(h, part, out=h)
            np.add(w, h, out=w)
