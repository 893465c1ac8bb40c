"""A learning rate that falls when a validation gets worse."""

from __future__ import annotations

import math
from dataclasses import field
from typing import TYPE_CHECKING

from ..errors import SolverError
from ..specs import spec
from .policy import Policy, StagedPolicy

if TYPE_CHECKING:
    from .solver import Solver

MODES = ("min", "max")


@spec
class DecayOnValidation(Policy):
    """base, times gamma whenever a validation is worse than the best one; training then goes back to the best one.

    Going back restores parameters, the method's history, and untrained state such as running statistics. Iterations,
    data and random numbers go on. Once the rate is below `min_lr`, it neither falls nor is anything restored. A score
    that equals the best one changes nothing. NaN is worse than anything.

    As a stage of `LRPolicy.Staged` it looks at validations of its own updates only, and leaves other stages alone.

    key: a statistic of the validation net, "accuracy-accuracy" say.   mode: "max" if more of it is better, or "min".

    It needs `setup(policy, validation_performance, solver)`, after the validation was added to the solver. The rate is
    the field `learning_rate` of the solver's state; a resumed training goes on with the one in its snapshot.

    >>> from mocha_core import LRPolicy
    >>> LRPolicy.DecayOnValidation(0.1, "accuracy-accuracy", mode="max")(1)
    0.1
    """

    base: float
    key: str
    gamma: float = 0.5
    min_lr: float = 1e-8
    mode: str = field(kw_only=True)

    def check(self) -> None:
        if self.mode not in MODES:
            raise self.refuse(f'mode says which score is better, "min" or "max", not {self.mode!r}')
        if not 0 < self.gamma < 1:
            raise self.refuse(f"gamma is above 0 and below 1, not {self.gamma}")

    def __call__(self, iteration: int) -> float:
        """The rate before any validation."""
        return self.base

    def next(self, iteration: int, before: float) -> float:
        return before

    def is_better(self, score: float, best: float) -> bool:
        """Whether a score is better than another."""
        if math.isnan(best):
            return not math.isnan(score)
        return score > best if self.mode == "max" else score < best

    def check_ready(self, solver: Solver) -> None:
        if not any(each.coffee.steers == self for each in solver.coffee_lounge.breaks):
            raise SolverError(
                f"{self!r} does not know the validation that steers it: after add_coffee_break(solver, validation, "
                f"...), call setup(policy, validation, solver); an experiment file needs a ValidationPerformance break"
            )


def steered_policies(solver: Solver) -> list[DecayOnValidation]:
    """Those of a solver's policies, stages included, that need a validation."""
    given = solver.method.policies(solver.params).values()
    stages = [policy for each in given if isinstance(each, StagedPolicy) for _, policy in each.stages]
    return [policy for policy in [*given, *stages] if isinstance(policy, DecayOnValidation)]
