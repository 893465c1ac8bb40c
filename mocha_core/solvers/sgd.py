"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from ..specs import spec
from .method import UpdateValues
from .momentum import MomentumMethod


@spec
class SGD(MomentumMethod):
    """h <- mu' h - (lr c) g;  w <- w + h, with learning rate lr, the parameter's multiplier c and the gradient g.

    mu' is the momentum of the iteration *before*; at the first update that of iteration 0. As in Mocha.jl.

    Parameters: lr_policy=LRPolicy.Fixed(0.01), mom_policy=MomPolicy.Fixed(0.0).
    Fields: learning_rate, momentum, last_momentum.

    >>> from mocha_core import SGD, make_solver_parameters
    >>> make_solver_parameters(SGD(), max_iter=100)["lr_policy"]
    LRPolicy.Fixed(base=0.01)
    """

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        w, g, h = u.weight, u.grad, u.history["history"]
        step = u.fields["learning_rate"] * u.rate
        h = u.fields["last_momentum"] * h - step * g
        return w + h, {"history": h}
