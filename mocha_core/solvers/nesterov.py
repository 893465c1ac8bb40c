"""Nesterov's accelerated gradient."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from ..specs import spec
from .method import UpdateValues
from .momentum import MomentumMethod


@spec
class Nesterov(MomentumMethod):
    """w <- w - mu' h;  h <- mu' h - (lr c) g;  w <- w + (1 + mu) h, with the parameter's multiplier c.

    mu is the momentum of this iteration, mu' that of the one before (at the first update that of iteration 0). The
    weights kept are those looked ahead to, where the gradient is taken. Bengio et al., arXiv:1212.0901, section 3.5.

    Parameters: lr_policy=LRPolicy.Fixed(0.01), mom_policy=MomPolicy.Fixed(0.0).
    Fields: learning_rate, momentum, last_momentum.

    >>> from mocha_core import MomPolicy, Nesterov, make_solver_parameters
    >>> make_solver_parameters(Nesterov(), max_iter=100, mom_policy=MomPolicy.Fixed(0.9))["mom_policy"]
    MomPolicy.Fixed(base=0.9)
    """

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        w, g, h = u.weight, u.grad, u.history["history"]
        step = u.fields["learning_rate"] * u.rate
        before = u.fields["last_momentum"] * h
        h = before - step * g
        return w - before + (1 + u.fields["momentum"]) * h, {"history": h}
