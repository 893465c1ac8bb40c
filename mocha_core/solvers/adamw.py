"""Adam with weight decay of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .checking import check_fraction, check_positive
from .method import Params, SolverMethod, UpdateValues
from .moments import moment_step
from .policies import LRPolicy


@spec
class AdamW(SolverMethod):
    """w <- w - lr c r - s: Adam's step s is of the gradient without the regularizer's gradient r, which acts by itself.

    So how fast weights shrink does not depend on how large their gradients are. Loshchilov, Hutter, arXiv:1711.05101.
    r is regu_coef * 2 w for an L2Regu(), so the default of regu_coef, 0.005 for this method, is a decay of 0.01.
    Parameters without regularizer, such as biases, do not decay.

    Parameters: lr_policy=LRPolicy.Fixed(0.001), beta1=0.9, beta2=0.999, epsilon=1e-8, regu_coef=0.005.
    Fields: learning_rate, beta1, beta2, epsilon.

    >>> from mocha_core import AdamW, make_solver_parameters
    >>> make_solver_parameters(AdamW(), max_iter=100)["regu_coef"]
    0.005
    """

    slots: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")
    constants: ClassVar[tuple[str, ...]] = ("beta1", "beta2", "epsilon")
    decoupled: ClassVar[bool] = True

    def defaults(self) -> Mapping[str, Any]:
        numbers = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "regu_coef": 0.005}
        return {"lr_policy": LRPolicy.Fixed(0.001), **numbers}

    def check_params(self, params: Params) -> None:
        check_fraction(params, "beta1", "beta2")
        check_positive(params, "epsilon")

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        step, moments = moment_step(xp, u)
        decay = u.fields["learning_rate"] * u.rate * u.decay
        return u.weight - decay - step, moments
