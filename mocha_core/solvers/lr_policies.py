"""Learning-rate policies: pure functions of the iteration, but for `DecayOnValidation`, which a validation steers."""

from __future__ import annotations

import math

from ..specs import namespace, spec
from .decay_on_validation import DecayOnValidation
from .policy import Policy, StagedPolicy, power


@namespace
class LRPolicy:
    """How fast the solver learns.

    Update number k uses the policy's value at k, counted from 1, as in Mocha.jl. Caffe counts its updates from 0: its
    formulas are the same, but it is one update later with each value.

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
            return self.base * power(self.gamma, iteration // self.stepsize)

    @spec
    class Exp(Policy):
        """base * gamma ^ i."""

        base: float
        gamma: float

        def __call__(self, iteration: int) -> float:
            return self.base * power(self.gamma, iteration)

    @spec
    class Inv(Policy):
        """base * (1 + gamma * i) ^ -power; gamma is at least 0."""

        base: float
        gamma: float
        power: float

        def check(self) -> None:
            if self.gamma < 0:
                raise self.refuse(f"gamma is at least 0, not {self.gamma}")

        def __call__(self, iteration: int) -> float:
            return self.base * power(1 + self.gamma * iteration, -self.power)

    @spec
    class MultiStep(Policy):
        """base * gamma ^ (how many of `steps` are at most i): Caffe's `multistep`.

        >>> [LRPolicy.MultiStep(1.0, 0.5, (2, 5))(i) for i in range(1, 7)]
        [1.0, 0.5, 0.5, 0.5, 0.25, 0.25]
        """

        base: float
        gamma: float
        steps: tuple[int, ...]

        def check(self) -> None:
            if list(self.steps) != sorted(set(self.steps)):
                raise self.refuse(f"steps rise from each to the next, unlike {self.steps}")

        def __call__(self, iteration: int) -> float:
            return self.base * power(self.gamma, sum(step <= iteration for step in self.steps))

    @spec
    class Poly(Policy):
        """base * (1 - i / max_iter) ^ power, and 0 from `max_iter` on: Caffe's `poly`.

        >>> [LRPolicy.Poly(1.0, 2.0, 4)(i) for i in range(6)]
        [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
        """

        base: float
        power: float
        max_iter: int

        def check(self) -> None:
            if self.max_iter < 1 or self.power < 0:
                raise self.refuse(f"max_iter is at least 1 and power at least 0, not {self.max_iter} and {self.power}")

        def __call__(self, iteration: int) -> float:
            left = 1 - iteration / self.max_iter
            return float(self.base * left**self.power) if left > 0 else 0.0

    @spec
    class Sigmoid(Policy):
        """base / (1 + exp(-gamma * (i - stepsize))): Caffe's `sigmoid`. It rises to base, or falls if gamma < 0.

        >>> LRPolicy.Sigmoid(0.1, -0.5, 100)(100)
        0.05
        """

        base: float
        gamma: float
        stepsize: int

        def __call__(self, iteration: int) -> float:
            x = self.gamma * (iteration - self.stepsize)
            small = math.exp(-abs(x))
            return self.base * (1 if x >= 0 else small) / (1 + small)

    @spec
    class Cosine(Policy):
        """A warm-up, then half a wave of the cosine from base at `warm_up` down to `min_lr` at `max_iter`.

        base * i / warm_up up to i = warm_up; min_lr + (base - min_lr) / 2 * (1 + cos(pi * t)), with
        t = (i - warm_up) / (max_iter - warm_up), up to i = max_iter; then min_lr. Loshchilov, Hutter, arXiv:1608.03983.

        >>> policy = LRPolicy.Cosine(0.5, 8, warm_up=4)
        >>> [round(policy(i), 3) for i in range(10)]
        [0.0, 0.125, 0.25, 0.375, 0.5, 0.427, 0.25, 0.073, 0.0, 0.0]
        """

        base: float
        max_iter: int
        min_lr: float = 0.0
        warm_up: int = 0

        def check(self) -> None:
            if not 0 <= self.warm_up < self.max_iter:
                raise self.refuse(f"warm_up is at least 0 and below max_iter={self.max_iter}, not {self.warm_up}")

        def __call__(self, iteration: int) -> float:
            if iteration < self.warm_up:
                return self.base * iteration / self.warm_up
            done = min((iteration - self.warm_up) / (self.max_iter - self.warm_up), 1.0)
            return self.min_lr + (self.base - self.min_lr) / 2 * (1 + math.cos(math.pi * done))

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

    DecayOnValidation = DecayOnValidation
