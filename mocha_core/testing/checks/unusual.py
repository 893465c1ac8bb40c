"""A kernel computes what the layer says, for numbers of every kind."""

from __future__ import annotations

import numpy as np

from ...backend import Backend
from ..backends import ReferenceBackend
from ..case import Case
from ..failure import Outcome, expect_close
from ..rig import Rig
from ..values import Numbers
from .check import check
from .truth import truth

UNUSUAL = {"with zeros and ties": Numbers(kind="few"), "with large numbers": Numbers(kind="large")}


@check(plain_only=True)
def unusual_numbers_match(case: Case, backend: Backend, dtype: str) -> None:
    """Results are the reference's for bottoms with zeros and ties, and for large ones.

    Left out are results for which the layer's own mathematics, in this element type, is not finite. Tolerances are at
    least the usual ones: where a function saturates, its gradient is small, but made of terms that are not, as 1 - y^2.
    """
    usual = truth(case, backend.seed)
    with np.errstate(all="ignore"):
        for what, numbers in UNUSUAL.items():
            rig, want = Rig(case, backend, dtype, numbers=numbers), truth(case, backend.seed, numbers)
            want = want.as_rough_as(usual)
            own = want.outcome if dtype == "float64" else _own(case, backend.seed, dtype, numbers)
            defined = {name for name, array in own.items() if np.isfinite(array).all()}
            expect_close(case, f"{rig.where}, {what}", dtype, rig.run(), want.only(defined.__contains__))


def _own(case: Case, seed: int, dtype: str, numbers: Numbers) -> Outcome:
    """The layer's own mathematics in an element type."""
    return Rig(case, ReferenceBackend(seed=seed), dtype, numbers=numbers).run()
