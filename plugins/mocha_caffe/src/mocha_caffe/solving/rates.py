"""Caffe's learning-rate policies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mocha_core.solvers import Policy
from mocha_core.solvers.policy import power as grown
from mocha_core.specs import spec

from ..formats import Message
from ..formats.precision import as_float32

STEPS = ("step", "multistep")


@spec(kw_only=True)
class CaffeLR(Policy):
    """What Caffe's `lr_policy` says, to the last digit: it counts i from 0, and keeps gamma * i in float32.

    fixed: base.   step: base gamma^floor(i / stepsize).   exp: base gamma^i.   inv: base (1 + gamma i)^-power.
    multistep: base gamma^(how many of `steps` are at most i).   poly: base (1 - i / max_iter)^power, then 0.
    sigmoid: base / (1 + exp(-gamma (i - stepsize))).

    So update number k, which Mocha counts from 1, has the value at i = k - 1.

    >>> policy = CaffeLR(policy="step", base=1.0, gamma=0.5, stepsize=2)
    >>> [policy(k) for k in range(1, 6)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    policy: str
    base: float
    gamma: float = 0.0
    power: float = 0.0
    stepsize: int = 0
    steps: tuple[int, ...] = ()
    max_iter: int = 0

    def check(self) -> None:
        if self.policy not in RATES:
            raise self.refuse(f"lr_policy is one of {', '.join(RATES)}, not {self.policy!r}")
        if self.policy == "step" and self.stepsize < 1:
            raise self.refuse("lr_policy step needs a stepsize of at least 1")
        if self.policy == "poly" and self.max_iter < 1:
            raise self.refuse("lr_policy poly needs a max_iter of at least 1")
        if self.policy in ("inv", "poly") and min(self.gamma, self.power) < 0:
            raise self.refuse(f"lr_policy {self.policy} needs gamma and power of at least 0")

    def __call__(self, iteration: int) -> float:
        return RATES[self.policy](self, max(iteration - 1, 0))

    def step(self, iteration: int) -> int:
        """Caffe's `current_step` after so many updates: how often the rate was changed."""
        return _count(self, iteration - 1) if self.policy in STEPS and iteration > 0 else 0


def rate_of(solver: Message) -> CaffeLR:
    """The policy in a solver's message."""
    return CaffeLR(
        policy=solver.lr_policy,
        base=solver.base_lr,
        gamma=solver.gamma,
        power=solver.power,
        stepsize=solver.stepsize,
        steps=tuple(solver.stepvalue),
        max_iter=solver.max_iter,
    )


def _count(p: CaffeLR, i: int) -> int:
    return i // p.stepsize if p.policy == "step" else sum(step <= i for step in p.steps)


def _stepped(p: CaffeLR, i: int) -> float:
    return p.base * grown(p.gamma, _count(p, i))


def _inv(p: CaffeLR, i: int) -> float:
    return p.base * math.pow(1 + as_float32(p.gamma * i), -p.power)


def _poly(p: CaffeLR, i: int) -> float:
    left = 1 - i / p.max_iter
    return p.base * math.pow(left, p.power) if left > 0 else 0.0


def _sigmoid(p: CaffeLR, i: int) -> float:
    x = as_float32(p.gamma * (i - p.stepsize))
    small = math.exp(-abs(x))
    return p.base * (1 if x >= 0 else small) / (1 + small)


RATES: Mapping[str, Callable[[CaffeLR, int], float]] = {
    "fixed": lambda p, i: p.base,
    "step": _stepped,
    "exp": lambda p, i: p.base * grown(p.gamma, i),
    "inv": _inv,
    "multistep": _stepped,
    "poly": _poly,
    "sigmoid": _sigmoid,
}
