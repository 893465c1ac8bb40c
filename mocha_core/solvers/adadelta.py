"""Adadelta."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .checking import check_fraction, check_positive
from .method import Params, SolverMethod, UpdateValues
from .policies import LRPolicy


@spec
class Adadelta(SolverMethod):
    """E <- rho E + (1 - rho) g^2;  s = sqrt(D + eps) / sqrt(E + eps) g;  D <- rho D + (1 - rho) s^2;  w <- w - lr c s.

    c is the parameter's multiplier. Zeiler, arXiv:1212.5701, whose rule has lr = 1, the default; so had Mocha.jl, which
    knew neither lr_policy nor multipliers here. D keeps the steps as they are before lr and c, as in Caffe.

    Parameters: lr_policy=LRPolicy.Fixed(1.0), rho=0.95, eps=1e-6.   Fields: learning_rate, rho, eps.

    >>> from mocha_core import Adadelta, make_solver_parameters
    >>> make_solver_parameters(Adadelta(), max_iter=100)["rho"]
    0.95
    """

    slots: ClassVar[tuple[str, ...]] = ("squares", "steps")
    constants: ClassVar[tuple[str, ...]] = ("rho", "eps")

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(1.0), "rho": 0.95, "eps": 1e-6}

    def check_params(self, params: Params) -> None:
        check_fraction(params, "rho")
        check_positive(params, "eps")

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        g, rho, eps = u.grad, u.fields["rho"], u.fields["eps"]
        squares = rho * u.history["squares"] + (1 - rho) * (g * g)
        step = xp.sqrt(u.history["steps"] + eps) / xp.sqrt(squares + eps) * g
        steps = rho * u.history["steps"] + (1 - rho) * (step * step)
        return u.weight - u.fields["learning_rate"] * u.rate * step, {"squares": squares, "steps": steps}
