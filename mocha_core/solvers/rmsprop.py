"""RMSProp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .checking import check_fraction, check_positive
from .method import Params, SolverMethod, UpdateValues
from .policies import LRPolicy


@spec
class RMSProp(SolverMethod):
    """E <- rho E + (1 - rho) g^2;  w <- w - lr c g / (sqrt(E) + epsilon), with the parameter's multiplier c.

    Tieleman, Hinton, 2012; Caffe's rule, with rho for its rms_decay and epsilon for its delta.

    Parameters: lr_policy=LRPolicy.Fixed(0.001), rho=0.99, epsilon=1e-8.   Fields: learning_rate, rho, epsilon.

    >>> from mocha_core import RMSProp, make_solver_parameters
    >>> make_solver_parameters(RMSProp(), max_iter=100)["rho"]
    0.99
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)
    constants: ClassVar[tuple[str, ...]] = ("rho", "epsilon")

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(0.001), "rho": 0.99, "epsilon": 1e-8}

    def check_params(self, params: Params) -> None:
        check_fraction(params, "rho")
        check_positive(params, "epsilon")

    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        w, g, rho = u.weight, u.grad, u.fields["rho"]
        squares = rho * u.history["squares"] + (1 - rho) * (g * g)
        step = u.fields["learning_rate"] * u.rate
        return w - step * g / (xp.sqrt(squares) + u.fields["epsilon"]), {"squares": squares}
