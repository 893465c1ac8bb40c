"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .method import Fields, Params, SolverMethod, UpdateValues
from .policies import LRPolicy, MomPolicy


@spec
class SGD(SolverMethod):
    """h <- mu' h - (lr c) g;  w <- w + h, with learning rate lr, the parameter's multiplier c and the gradient g.

    mu' is the momentum of the iteration *before*; at the first update that of iteration 0. As in Mocha.jl.

    Parameters: lr_policy=LRPolicy.Fixed(0.01), mom_policy=MomPolicy.Fixed(0.0).
    Fields: learning_rate, momentum, last_momentum.

    >>> from mocha_core import SGD, make_solver_parameters
    >>> make_solver_parameters(SGD(), max_iter=100)["lr_policy"]
    LRPolicy.Fixed(base=0.01)
    """

    slots: ClassVar[tuple[str, ...]] = ("history",)

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(0.01), "mom_policy": MomPolicy.Fixed(0.0)}

    def start(self, params: Params) -> dict[str, float]:
        momentum = params["mom_policy"](0)
        return {"learning_rate": params["lr_policy"](0), "momentum": momentum, "last_momentum": momentum}

    def advance(self, params: Params, iteration: int, before: Fields) -> dict[str, float]:
        return {
            "learning_rate": params["lr_policy"](iteration),
            "momentum": params["mom_policy"](iteration),
            "last_momentum": before["momentum"],
        }

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        w, g, h = u.weight, u.grad, u.history["history"]
        step = u.fields["learning_rate"] * u.rate
        h = u.fields["last_momentum"] * h - step * g
        return w + h, {"history": h}
