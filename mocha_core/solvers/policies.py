"""Learning-rate and momentum policies: pure functions of the iteration, counted from 1 at the first update."""

from __future__ import annotations

import dataclasses
import math
import numbers
from abc import ABC, abstractmethod

from ..errors import OptionError
from ..specs import Spec, spec


class Policy(Spec, ABC):
    """A number for each iteration. The value at iteration 0 is what training starts from."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, iteration: int) -> float:
        """The value for this iteration."""

    def news(self, iteration: int) -> str:
        """What a log should say when this iteration begins; mostly nothing."""
        return ""

    def check(self) -> None:
        """Every option is a finite number, and a step lasts at least one iteration."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
                raise OptionError(f"{type(self).__qualname__}: {field.name} is a number, not {value!r}")
            if field.name == "stepsize" and value < 1:
                raise OptionError(f"{type(self).__qualname__}: stepsize is at least 1, not {value}")


class StagedPolicy(Policy):
    """One policy after another: `(n1, p1), (n2, p2), ...`; the base of both `Staged`.

    p1 serves updates 1 ... n1, p2 the next n2, and so on; the last one lasts for ever, whatever its length says. Each
    policy is given the iteration as counted from the start of training, not of its stage.
    """

    __slots__ = ()

    stages: tuple[tuple[int, Policy], ...]

    def __call__(self, iteration: int) -> float:
        return self.stages[self.stage(iteration)][1](iteration)

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
        if not self.stages:
            raise OptionError(f"{type(self).__qualname__} needs at least one stage: (iterations, policy)")
        for stage in self.stages:
            if not isinstance(stage, tuple) or len(stage) != 2 or not isinstance(stage[1], Policy):
                raise OptionError(f"{type(self).__qualname__}: a stage is (iterations, policy), not {stage!r}")
            if isinstance(stage[0], bool) or not isinstance(stage[0], int) or stage[0] < 1:
                raise OptionError(
                    f"{type(self).__qualname__}: a stage lasts a whole number of updates, not {stage[0]!r}"
                )

    def __repr__(self) -> str:
        kind = type(self).__qualname__
        return f"{kind}({', '.join(f'({length}, {policy!r})' for length, policy in self.stages)})"


class LRPolicy:
    """How fast the solver learns.

    >>> LRPolicy.Inv(0.01, 0.0001, 0.75)(0)
    0.01
    """

    @spec
    class Fixed(Policy):
        """base."""

        base: float

        def __call__(self, iteration: int) -> float:
            return self.base

    @spec
    class Step(Policy):
        """base * gamma ^ floor(i / stepsize): the first change comes with update number `stepsize`.

        >>> [LRPolicy.Step(0.1, 0.5, 3)(i) for i in range(1, 8)]
        [0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]
        """

        base: float
        gamma: float
        stepsize: int

        def __call__(self, iteration: int) -> float:
            return self.base * _power(self.gamma, iteration // self.stepsize)

    @spec
    class Exp(Policy):
        """base * gamma ^ i."""

        base: float
        gamma: float

        def __call__(self, iteration: int) -> float:
            return self.base * _power(self.gamma, iteration)

    @spec
    class Inv(Policy):
        """base * (1 + gamma * i) ^ -power."""

        base: float
        gamma: float
        power: float

        def __call__(self, iteration: int) -> float:
            return float(self.base * (1 + self.gamma * iteration) ** -self.power)

    @spec
    class Staged(StagedPolicy):
        """One policy after another, each for as many updates as asked; the last one lasts for ever.

        >>> policy = LRPolicy.Staged((3, LRPolicy.Fixed(0.1)), (2, LRPolicy.Fixed(0.01)))
        >>> [policy(i) for i in range(1, 8)]
        [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]
        """

        stages: tuple[tuple[int, Policy], ...] = ()

        def __init__(self, *stages: tuple[int, Policy]) -> None:
            self._put("stages", stages)
            self.__post_init__()


class MomPolicy:
    """How much of the last step the next one repeats.

    >>> MomPolicy.Fixed(0.9)(7)
    0.9
    """

    @spec
    class Fixed(Policy):
        """base."""

        base: float

        def __call__(self, iteration: int) -> float:
            return self.base

    @spec
    class Step(Policy):
        """base * gamma ^ floor(i / stepsize), at most `max`.

        >>> [MomPolicy.Step(0.25, 2.0, 2, 0.9)(i) for i in range(1, 6)]
        [0.25, 0.5, 0.5, 0.9, 0.9]
        """

        base: float
        gamma: float
        stepsize: int
        max: float

        def __call__(self, iteration: int) -> float:
            return min(self.base * _power(self.gamma, iteration // self.stepsize), self.max)

    @spec
    class Linear(Policy):
        """base + gamma * floor(i / stepsize), at most `max`.

        >>> [MomPolicy.Linear(0.5, 0.25, 2, 0.9)(i) for i in range(1, 6)]
        [0.5, 0.75, 0.75, 0.9, 0.9]
        """

        base: float
        gamma: float
        stepsize: int
        max: float

        def __call__(self, iteration: int) -> float:
            return min(self.base + self.gamma * (iteration // self.stepsize), self.max)

    @spec
    class Staged(StagedPolicy):
        """One policy after another, each for as many iterations as asked; the last one lasts for ever.

        >>> MomPolicy.Staged((100, MomPolicy.Fixed(0.5)), (1, MomPolicy.Fixed(0.9)))(101)
        0.9
        """

        stages: tuple[tuple[int, Policy], ...] = ()

        def __init__(self, *stages: tuple[int, Policy]) -> None:
            self._put("stages", stages)
            self.__post_init__()


def is_policy_of(family: type[LRPolicy] | type[MomPolicy], policy: object) -> bool:
    """Whether `policy` is one of the family's own kinds, or one of a third party's."""
    other = MomPolicy if family is LRPolicy else LRPolicy
    return isinstance(policy, Policy) and not type(policy).__qualname__.startswith(f"{other.__name__}.")


def _power(base: float, exponent: int) -> float:
    try:
        return float(base**exponent)
    except OverflowError:  # a growing momentum policy is capped by its `max` long before
        return math.inf
