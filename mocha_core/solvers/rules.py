"""Update rules as a name and a few numbers, for kernels whose formulas are not in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..kernel import Accept, Decline
from ..regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam
from .adamw import AdamW
from .method import Fields, Place, SolverMethod, UpdateKernel, UpdateSite, UpdateState
from .moments import unbiased
from .nesterov import Nesterov
from .rmsprop import RMSProp
from .sgd import SGD


@dataclass(frozen=True, slots=True)
class Rule:
    """A method's formula. name: of the code that holds it.   numbers: what it reads at every place.

    factor: what the learning rate of a place is multiplied by, given how many updates the place had.
    """

    name: str
    numbers: Callable[[Fields], tuple[float, ...]]
    factor: Callable[[Fields, int], float] = lambda fields, updates: 1.0


def _moments(fields: Fields) -> tuple[float, ...]:
    beta1, beta2 = fields["beta1"], fields["beta2"]
    return beta1, 1 - beta1, beta2, 1 - beta2, fields["epsilon"]


def _unbiased(fields: Fields, updates: int) -> float:
    return unbiased(fields["beta1"], fields["beta2"], updates)


RULES: Mapping[type[SolverMethod], Rule] = {
    SGD: Rule("sgd", lambda f: (f["last_momentum"],)),
    Nesterov: Rule("nesterov", lambda f: (f["last_momentum"], 1 + f["momentum"])),
    Adam: Rule("adam", _moments, _unbiased),
    AdamW: Rule("adamw", _moments, _unbiased),
    Adagrad: Rule("adagrad", lambda f: (f["epsilon"],), lambda f, updates: f["gamma"]),
    RMSProp: Rule("rmsprop", lambda f: (f["rho"], 1 - f["rho"], f["epsilon"])),
    Adadelta: Rule("adadelta", lambda f: (f["rho"], 1 - f["rho"], f["eps"])),
}

PENALTIES: Mapping[type[Regularizer], float] = {NoRegu: 0.0, L2Regu: 2.0, L1Regu: 1.0}
"""The gradient of c |w|^2 is 2 c w, that of c |w| is c sign(w)."""


class RuleUpdate(UpdateKernel):
    """A kernel for float32 parameters with an L2 or L1 regularizer, or none, that computes by one of the `RULES`."""

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if type(site.param.regularizer) not in PENALTIES:
            return Decline(f"does not know {site.param.regularizer}")
        return Accept()

    def __init__(self, backend: Any, state: UpdateState) -> None:
        self.places, self.rule = state.places, RULES[type(state.method)]

    def rates(self, fields: Fields) -> list[float]:
        """By place, its learning rate."""
        return [fields["learning_rate"] * place.site.param.rate for place in self.places]

    def factors(self, fields: Fields) -> list[float]:
        """By place, what its gradient is multiplied by."""
        pairs = zip(self.rates(fields), self.places, strict=True)
        return [rate * self.rule.factor(fields, place.updates) for rate, place in pairs]


def decay_of(place: Place, regu_coef: float) -> float:
    """What the weights of a place, or for L1 their signs, are multiplied by in the regularizer's gradient."""
    regularizer: Any = place.site.param.regularizer
    penalty = PENALTIES[type(regularizer)]
    return regu_coef * regularizer.coefficient * penalty if penalty else 0.0
