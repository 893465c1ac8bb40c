"""The policy contract, and policies that follow one another."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from ..option_types import whole
from ..specs import Spec

if TYPE_CHECKING:
    from .solver import Solver


class Policy(Spec, ABC):
    """A number for each iteration. The value at iteration 0 is what training starts from; the first update has 1."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, iteration: int) -> float:
        """The value for this iteration."""

    def next(self, iteration: int, before: float) -> float:
        """The value for this iteration, when that of the iteration before was `before`.

        The same as `policy(iteration)`, but for a policy that results of the training steer.
        """
        return self(iteration)

    def serving(self, iteration: int) -> Policy:
        """The policy whose value this is at an iteration: itself, or of several the one whose turn it is."""
        return self

    def news(self, iteration: int) -> str:
        """What a log should say when this iteration begins; mostly nothing."""
        return ""

    def check_ready(self, solver: Solver) -> None:
        """Before training: raise `SolverError` if the policy needs something that this solver lacks."""

    def check(self) -> None:
        """A step lasts at least one iteration."""
        stepsize = getattr(self, "stepsize", 1)
        if stepsize < 1:
            raise self.refuse(f"stepsize is at least 1, not {stepsize}")


class StagedPolicy(Policy):
    """One policy after another: `(n1, p1), (n2, p2), ...`; the base of both `Staged`.

    p1 serves updates 1 ... n1, p2 the next n2, and so on; the last one lasts for ever, whatever its length says. Each
    policy is given the iteration as counted from the start of training, not of its stage.
    """

    __slots__ = ()

    stages: tuple[tuple[int, Policy], ...]

    def __call__(self, iteration: int) -> float:
        return self.stages[self.stage(iteration)][1](iteration)

    def next(self, iteration: int, before: float) -> float:
        now = self.stage(iteration)
        policy = self.stages[now][1]
        return policy(iteration) if now != self.stage(iteration - 1) else policy.next(iteration, before)

    def serving(self, iteration: int) -> Policy:
        return self.stages[self.stage(iteration)][1].serving(iteration)

    def check_ready(self, solver: Solver) -> None:
        for _, policy in self.stages:
            policy.check_ready(solver)

    def stage(self, iteration: int) -> int:
        """Which stage serves this iteration, from 0."""
        end = 0
        for index, (length, _) in enumerate(self.stages[:-1]):
            end += length
            if iteration <= end:
                return index
        return len(self.stages) - 1

    def news(self, iteration: int) -> str:
        now = self.stage(iteration)
        if iteration <= 1 or now == self.stage(iteration - 1):
            return ""
        return f"stage {now + 1} of {len(self.stages)} begins with update {iteration}: {self.stages[now][1]!r}"

    def check(self) -> None:
        """There is a stage, and each is a length and a policy."""
        if not isinstance(self.stages, tuple) or not self.stages:
            raise self.refuse("it needs at least one stage: (iterations, policy)")
        self._put("stages", tuple(self._stage(stage) for stage in self.stages))

    def _stage(self, stage: Any) -> tuple[int, Policy]:
        if not isinstance(stage, tuple) or len(stage) != 2 or not isinstance(stage[1], Policy):
            raise self.refuse(f"a stage is (iterations, policy), not {stage!r}")
        try:
            length = whole(stage[0])
        except TypeError:
            length = 0
        if length < 1:
            raise self.refuse(f"a stage lasts a whole number of updates, not {stage[0]!r}")
        return length, stage[1]

    def __repr__(self) -> str:
        kind = type(self).__qualname__
        return f"{kind}({', '.join(f'({length}, {policy!r})' for length, policy in self.stages)})"


def power(base: float, exponent: float) -> float:
    """base ^ exponent, infinite where that is too large for a float."""
    try:
        return float(base**exponent)
    except OverflowError:  # a growing momentum policy is capped by its `max` long before
        return math.inf
