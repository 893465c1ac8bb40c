"""Momentum policies: pure functions of the iteration."""

from __future__ import annotations

from ..specs import spec
from .policy import Policy, StagedPolicy, power


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
            return min(self.base * power(self.gamma, iteration // self.stepsize), self.max)

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
