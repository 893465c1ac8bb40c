"""The link from a validation to the learning rate that it steers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OptionError, suggest
from ..log import logger
from .coffee_break import Coffee, CoffeeBreak
from .validation_performance import ValidationPerformance

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.best import Best
    from ..solvers.decay_on_validation import DecayOnValidation
    from ..solvers.solver import Solver
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


def setup(policy: DecayOnValidation, validation_performance: ValidationPerformance, solver: Solver) -> None:
    """Let a validation, which the solver has already, steer the learning rate of `LRPolicy.DecayOnValidation`."""
    from ..solvers.decay_on_validation import DecayOnValidation

    if not isinstance(policy, DecayOnValidation):
        raise OptionError(
            f'setup is for an LRPolicy.DecayOnValidation(0.01, "test-accuracy", mode="max"), not {policy}'
        )
    breaks = solver.coffee_lounge.breaks
    places = [index for index, each in enumerate(breaks) if each.coffee is validation_performance]
    if not places:
        raise OptionError("setup: the solver has no such break yet; first add_coffee_break(solver, validation, ...)")
    if any(each.coffee.steers == policy for each in breaks):
        raise OptionError(f"setup: the solver has a validation that steers {policy!r} already")
    breaks.insert(places[0] + 1, CoffeeBreak(Decay(policy, validation_performance), breaks[places[0]].trigger))


class Decay(Coffee):
    """Taken right after a validation: keeps the best one; after a worse one the rate falls and the best comes back.

    It does not look at validations of iterations that another stage of a `Staged` serves. Going back happens when the
    next update begins, so that the breaks of this iteration, and a training resumed here, find what the validation
    found.
    """

    def __init__(self, policy: DecayOnValidation, validation: ValidationPerformance) -> None:
        self.steers: DecayOnValidation = policy
        self.validation = validation
        self.best: Best | None = None
        self._judged = -1
        self._turns_back = False
        self._training: SolverState | None = None

    def init(self, net: Net, state: SolverState) -> None:
        """A key that the validation net does not report is an `OptionError` before training begins."""
        known = self.validation.net.statistics()
        if self.steers.key not in known:
            raise OptionError(
                f"{self.steers!r}: net {self.validation.net.name!r} has no statistic {self.steers.key!r}"
                f"{suggest(self.steers.key, known)}"
            )
        if state is not self._training:
            self._training, self.best, self._judged, self._turns_back = state, None, -1, False

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        """Judge the score, once: a resumed training takes the breaks of its iteration again."""
        if state.iter > self._judged and self._serves(state):
            self._judged = state.iter
            self._judge(lounge.get_statistics(self.steers.key)[state.iter], state)

    def state(self) -> Mapping[str, Any]:
        best = None if self.best is None else self.best.state()
        return {"policy": repr(self.steers), "judged": self._judged, "turns_back": self._turns_back, "best": best}

    def takes(self, state: Mapping[str, Any]) -> bool:
        """What was found for another policy is of no use."""
        return bool(state["policy"] == repr(self.steers))

    def restore(self, state: Mapping[str, Any]) -> None:
        from ..solvers.best import Best

        self._judged = state["judged"]
        self.best = None if state["best"] is None else Best.restored(state["best"])
        if state["turns_back"]:
            self._turn_back_later()

    def _serves(self, state: SolverState) -> bool:
        policies = state.method.policies(state.params).values()
        return any(policy.serving(state.iter) == self.steers for policy in policies)

    def _judge(self, score: float, state: SolverState) -> None:
        from ..solvers.best import Best

        if self.best is None or self.steers.is_better(score, self.best.score):
            self.best = Best.of(state, score)
        elif score != self.best.score and state.fields["learning_rate"] >= self.steers.min_lr:
            self._turn_back_later()

    def _turn_back_later(self) -> None:
        assert self._training is not None
        self._turns_back = True
        self._training.todo.append(self._turn_back)

    def _turn_back(self) -> None:
        from ..io.resuming import replay

        state, best = self._training, self.best
        assert state is not None
        assert best is not None
        state.fields = {**state.fields, "learning_rate": self.steers.gamma * state.fields["learning_rate"]}
        coming = state.method.advance(state.params, state.iter + 1, state.fields)
        logger.info(
            "%s was better at iteration %d (%g): going back to those parameters, with a learning rate of %g",
            *(self.steers.key, best.iteration, best.score, coming["learning_rate"]),
        )
        best.put_back(state)
        replay(state, state.net.data_state(), state.net.random_state())
        self._turns_back = False
