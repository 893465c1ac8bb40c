"""The updates of `SGD`, `Nesterov`, `Adam` and `AdamW`: one call, and one pass over memory, for all parameters."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from mocha_core.solvers.method import Fields, Place, UpdateState
from mocha_core.solvers.rules import RuleUpdate, decay_of

from .._update import L1, L2, NONE, Update

KINDS: dict[type[Regularizer], int] = {NoRegu: NONE, L2Regu: L2, L1Regu: L1}


class CompiledUpdate(RuleUpdate):
    """The formula, by the rule's name, is in native/update.c."""

    def __init__(self, backend: Any, state: UpdateState) -> None:
        super().__init__(backend, state)
        table = [_row(place, state.method.slots, state.regu_coef) for place in state.places]
        self.update = Update(backend.level, backend.threads, self.rule.name, table)
        self.fields: Fields = {}
        self.step = backend.compile([self.update_all])

    def run(self, fields: Fields) -> None:
        self.fields = fields
        self.step()

    def update_all(self) -> None:
        """One update of every place with `fields`."""
        self.update.run(self.rule.numbers(self.fields), self.factors(self.fields), self.rates(self.fields))


def _row(place: Place, slots: tuple[str, ...], regu_coef: float) -> tuple[Array, Array, tuple[Array, ...], int, float]:
    """A place as the compiled update wants it."""
    kind = KINDS[type(place.site.param.regularizer)]
    history = tuple(place.history[slot].array for slot in slots)
    return place.weight.array, place.diff.array, history, kind, decay_of(place, regu_coef)
