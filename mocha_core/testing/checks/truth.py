"""The reference outcome of a case: its layer's own mathematics, in float64, on NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from ..backends import ReferenceBackend
from ..case import Case
from ..failure import Expected, Outcome
from ..rig import Rig
from ..tolerances import size_of
from ..values import SHAKE, USUAL, Numbers

SHAKES = 4


@lru_cache(maxsize=256)
def truth(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """Everything forward and backward must give, with the size of the terms that each result is a sum of."""
    rig = Rig(case, ReferenceBackend(seed=seed))

    def run(shake: int) -> Outcome:
        rig.load(replace(numbers, shake=shake))
        return rig.run()

    return sized(run)


def sized(run: Callable[[int], Outcome]) -> Expected:
    """The right outcome, and for each result the size of the terms that it is a sum of. run: with numbers so shaken.

    That size is found by shaking: every input is multiplied by 1 + or - a little, and the change of the result is
    divided by that little. A sum of large terms that cancel is small, but moves a lot.
    """
    right = run(0)
    sizes = {name: size_of(array) for name, array in right.items()}
    for shake in range(1, SHAKES + 1):
        for name, array in run(shake).items():
            sizes[name] = max(sizes[name], size_of((array - right[name]) / SHAKE))
    return Expected(right, sizes)


def true_tops(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """The part that forward gives."""
    return truth(case, seed, numbers).only(lambda name: not name.startswith("gradient"))


def true_gradients(case: Case, seed: int = 0, numbers: Numbers = USUAL) -> Expected:
    """The part that backward gives."""
    return truth(case, seed, numbers).only(lambda name: name.startswith("gradient"))
