"""The reference outcome of a case: its layer's own mathematics, in float64, on NumPy."""

from __future__ import annotations

from functools import lru_cache

from ..backends import ReferenceBackend
from ..case import Case
from ..failure import Outcome
from ..rig import Rig


@lru_cache(maxsize=8)
def truth(case: Case, seed: int = 0) -> Outcome:
    """Everything forward and backward must give, by name. Read-only: it is remembered for the next check."""
    outcome = Rig(case, ReferenceBackend(seed=seed)).run()
    for array in outcome.values():
        array.flags.writeable = False
    return outcome


def true_tops(case: Case, seed: int = 0) -> Outcome:
    """The part that forward gives."""
    return {name: array for name, array in truth(case, seed).items() if not name.startswith("gradient")}


def true_gradients(case: Case, seed: int = 0) -> Outcome:
    """The part that backward gives."""
    return {name: array for name, array in truth(case, seed).items() if name.startswith("gradient")}
