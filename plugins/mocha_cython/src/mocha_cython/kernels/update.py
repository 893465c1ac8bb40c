"""The updates of `SGD`, `Nesterov`, `Adam` and `AdamW`: one call, and one pass over memory, for all parameters."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from mocha_core.solvers.method import Fields, Place, UpdateKernel, UpdateSite, UpdateState
from mocha_core.solvers.moments import unbiased

from .._update import L1, L2, NONE, Update

KINDS: dict[type[Regularizer], int] = {NoRegu: NONE, L2Regu: L2, L1Regu: L1}


class CompiledUpdate(UpdateKernel):
    """Takes float32 parameters with an L2 or L1 regularizer, or none. A subclass says which numbers its rule needs.

    rule: its name in the compiled module, where the formulas are.
    """

    rule: ClassVar[str]

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if type(site.param.regularizer) not in KINDS:
            return Decline(f"does not know {site.param.regularizer}")
        return Accept()

    def __init__(self, backend: Any, state: UpdateState) -> None:
        self.places = state.places
        table = [_row(place, state.method.slots, state.regu_coef) for place in state.places]
        self.update = Update(backend.level, backend.threads, self.rule, table)
        self.fields: Fields = {}
        self.step = backend.compile([self.update_all])

    def run(self, fields: Fields) -> None:
        self.fields = fields
        self.step()

    def update_all(self) -> None:
        """One update of every place with `fields`."""
        rates = [self.fields["learning_rate"] * place.site.param.rate for place in self.places]
        self.update.run(self.numbers(self.fields), self.steps(rates, self.fields), rates)

    @abstractmethod
    def numbers(self, fields: Fields) -> tuple[float, ...]:
        """What the rule reads at every place."""

    def steps(self, rates: list[float], fields: Fields) -> list[float]:
        """By place, what the gradient is multiplied by, given the places' learning rates."""
        return rates


class SgdUpdate(CompiledUpdate):
    """h <- mu' h - lr c (dw + r);  w <- w + h, with the regularizer's gradient r."""

    rule: ClassVar[str] = "sgd"

    def numbers(self, fields: Fields) -> tuple[float, ...]:
        return (fields["last_momentum"],)


class NesterovUpdate(CompiledUpdate):
    """w <- w - mu' h;  h <- mu' h - lr c (dw + r);  w <- w + (1 + mu) h."""

    rule: ClassVar[str] = "nesterov"

    def numbers(self, fields: Fields) -> tuple[float, ...]:
        return fields["last_momentum"], 1 + fields["momentum"]


class AdamUpdate(CompiledUpdate):
    """m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - a m / (sqrt(v) + epsilon), g = dw + r."""

    rule: ClassVar[str] = "adam"

    def numbers(self, fields: Fields) -> tuple[float, ...]:
        beta1, beta2 = fields["beta1"], fields["beta2"]
        return beta1, 1 - beta1, beta2, 1 - beta2, fields["epsilon"]

    def steps(self, rates: list[float], fields: Fields) -> list[float]:
        beta1, beta2 = fields["beta1"], fields["beta2"]
        return [rate * unbiased(beta1, beta2, place.updates) for rate, place in zip(rates, self.places, strict=True)]


class AdamWUpdate(AdamUpdate):
    """As `AdamUpdate` with g = dw, but w <- w - lr c r before the step."""

    rule: ClassVar[str] = "adamw"


def _row(place: Place, slots: tuple[str, ...], regu_coef: float) -> tuple[Array, Array, tuple[Array, ...], int, float]:
    """A place as the compiled update wants it; the gradient of c |w|^2 is 2 c w, that of c |w| is c sign(w)."""
    regularizer: Any = place.site.param.regularizer
    kind = KINDS[type(regularizer)]
    decay = 0.0 if kind == NONE else regu_coef * regularizer.coefficient * (2 if kind == L2 else 1)
    history = tuple(place.history[slot].array for slot in slots)
    return place.weight.array, place.diff.array, history, kind, decay
