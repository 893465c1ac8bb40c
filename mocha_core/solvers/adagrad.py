"""Adagrad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .checking import check_positive
from .method import Params, SolverMethod, UpdateValues
from .policies import LRPolicy


@spec
class Adagrad(SolverMethod):
    """G <- G + g^2;  w <- w - lr gamma c g / (sqrt(G) + epsilon), element by element, with the multiplier c.

    Duchi, Hazan, Singer, 2011. Mocha.jl took one step size for the whole of a parameter, sqrt of the sum of G, and had
    neither lr_policy nor multipliers: an old gamma makes larger steps here, by about the root of a parameter's size.

    Parameters: lr_policy=LRPolicy.Fixed(1.0), gamma=1.0, epsilon=1e-8.   Fields: learning_rate, gamma, epsilon.

    >>> from mocha_core import Adagrad, make_solver_parameters
    >>> make_solver_parameters(Adagrad(), max_iter=100)["gamma"]
    1.0
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)
    constants: ClassVar[tuple[str, ...]] = ("gamma", "epsilon")

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(1.0), "gamma": 1.0, "epsilon": 1e-8}

    def check_params(self, params: Params) -> None:
        check_positive(params, "gamma", "epsilon")

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        w, g = u.weight, u.grad
        squares = u.history["squares"] + g * g
        step = u.fields["learning_rate"] * u.fields["gamma"] * u.rate
        return w - step * g / (xp.sqrt(squares) + u.fields["epsilon"]), {"squares": squares}
