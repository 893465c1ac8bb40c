"""The reference outcome of a case: its layer's own mathematics, in float64, on NumPy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..backends import ReferenceBackend
from ..case import Case
from ..failure import Expected
from ..rig import Rig
from ..tolerances import size_of
from ..values import Host

SHAKE = 2.0**-26
"""Half the bits of float64: the change of a result is then known to 26 bits."""
SHAKES = 4


@lru_cache(maxsize=256)
def truth(case: Case, seed: int = 0) -> Expected:
    """Everything forward and backward must give, with the size of the terms that each result is a sum of.

    That size is found by shaking: every input is multiplied by 1 + or - a little, and the change of the result is
    divided by that little. A sum of large terms that cancel is small, but moves a lot.
    """
    backend = ReferenceBackend(seed=seed)
    right = Rig(case, backend).run()
    sizes = {name: size_of(array) for name, array in right.items()}
    for shake in range(SHAKES):
        for name, array in ShakenRig(case, backend, shake=shake).run().items():
            sizes[name] = max(sizes[name], size_of((array - right[name]) / SHAKE))
    return Expected(right, sizes)


def true_tops(case: Case, seed: int = 0) -> Expected:
    """The part that forward gives."""
    return truth(case, seed).only(lambda name: not name.startswith("gradient"))


def true_gradients(case: Case, seed: int = 0) -> Expected:
    """The part that backward gives."""
    return truth(case, seed).only(lambda name: name.startswith("gradient"))


class ShakenRig(Rig):
    """A rig whose inputs are a little too large or too small, each by chance; class numbers are left alone."""

    def __init__(self, *args: Any, shake: int) -> None:
        self.random = np.random.default_rng(shake)
        Rig.__init__(self, *args)

    def bottom_values(self) -> list[Host]:
        pairs = zip(Rig.bottom_values(self), self.case.bottoms, strict=True)
        return [values if bottom.classes else self._shaken(values) for values, bottom in pairs]

    def param_values(self) -> dict[str, Host]:
        return {name: self._shaken(values) for name, values in Rig.param_values(self).items()}

    def top_diff_values(self) -> list[Host]:
        return [self._shaken(values) for values in Rig.top_diff_values(self)]

    def _shaken(self, values: Host) -> Host:
        return np.asarray(values * (1 + SHAKE * self.random.choice([-1.0, 1.0], values.shape)))
