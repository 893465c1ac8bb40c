"""The reference outcome of a case: its layer's own mathematics, in float64, on NumPy."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ..backends import ReferenceBackend
from ..case import Case
from ..failure import Expected, Outcome
from ..rig import Rig
from ..tolerances import size_of
from ..values import USUAL, Host, Numbers

SHAKE = 2.0**-26
"""Half the bits of float64: the change of a result is then known to 26 bits."""
SHAKES = 4


@lru_cache(maxsize=256)
def truth(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """Everything forward and backward must give, with the size of the terms that each result is a sum of."""
    backend = ReferenceBackend(seed=seed)
    right = Rig(case, backend, numbers=numbers).run()
    return sized(right, lambda shake: ShakenRig(case, backend, numbers=numbers, shake=shake).run())


def sized(right: Outcome, run: Callable[[int], Outcome]) -> Expected:
    """The right outcome, and for each result the size of the terms that it is a sum of.

    That size is found by shaking: every input is multiplied by 1 + or - a little, and the change of the result is
    divided by that little. A sum of large terms that cancel is small, but moves a lot. run: of `shaken` inputs.
    """
    sizes = {name: size_of(array) for name, array in right.items()}
    for shake in range(SHAKES):
        for name, array in run(shake).items():
            sizes[name] = max(sizes[name], size_of((array - right[name]) / SHAKE))
    return Expected(right, sizes)


def shaken(values: Host, shake: int) -> Host:
    """Each number a little too large or too small, by chance.

    Which of both is decided by its absolute value, so that numbers that are equal, or but for their sign, stay so.
    """
    frequency = np.random.default_rng(shake).uniform(1e4, 1e5)
    return values * np.where(np.cos(frequency * np.abs(values)) > 0, 1 + SHAKE, 1 - SHAKE)


def true_tops(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """The part that forward gives."""
    return truth(case, seed, numbers).only(lambda name: not name.startswith("gradient"))


def true_gradients(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """The part that backward gives."""
    return truth(case, seed, numbers).only(lambda name: name.startswith("gradient"))


class ShakenRig(Rig):
    """A rig whose inputs are shaken; class numbers are left alone."""

    def __init__(self, *args: Any, shake: int, **options: Any) -> None:
        self.shake = shake
        Rig.__init__(self, *args, **options)

    def bottom_values(self) -> list[Host]:
        pairs = zip(Rig.bottom_values(self), self.case.bottoms, strict=True)
        return [values if bottom.classes else shaken(values, self.shake) for values, bottom in pairs]

    def param_values(self) -> dict[str, Host]:
        return {name: shaken(values, self.shake) for name, values in Rig.param_values(self).items()}

    def top_diff_values(self) -> list[Host]:
        return [shaken(values, self.shake) for values in Rig.top_diff_values(self)]
