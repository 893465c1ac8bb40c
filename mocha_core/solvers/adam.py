"""Adam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .checking import check_fraction, check_positive
from .method import Fields, Params, SolverMethod, UpdateValues
from .moments import moment_step
from .policies import LRPolicy


@spec
class Adam(SolverMethod):
    """m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - a c m / (sqrt(v) + epsilon), c the multiplier,

    a = lr sqrt(1 - b2^t) / (1 - b1^t), and t the updates that the parameter had, this one included: less than the
    iteration if its layer was frozen for a while. Kingma, Ba, arXiv:1412.6980 (section 2, its last formula).
    Mocha.jl's Adam never let v decay, and ignored the multipliers.

    Parameters: lr_policy=LRPolicy.Inv(0.003, 0.0001, 0.5), beta1=0.9, beta2=0.999, epsilon=1e-8.
    Fields: learning_rate, t (updates since the start), beta1, beta2, epsilon.

    >>> from mocha_core import Adam, make_solver_parameters
    >>> make_solver_parameters(Adam(), max_iter=100)["beta2"]
    0.999
    """

    slots: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")
    constants: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "epsilon")

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Inv(0.003, 0.0001, 0.5), "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

    def check_params(self, params: Params) -> None:
        check_fraction(params, "beta1", "beta2")
        check_positive(params, "epsilon")

    def start(self, params: Params) -> dict[str, float]:
        return {**SolverMethod.start(self, params), "t": 0.0}

    def advance(self, params: Params, iteration: int, before: Fields) -> dict[str, float]:
        return {**SolverMethod.advance(self, params, iteration, before), "t": before["t"] + 1}

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        step, moments = moment_step(xp, u)
        return u.weight - step, moments
