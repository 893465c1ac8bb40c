"""A kernel computes what the layer says."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..rig import Rig
from ..values import OTHER, USUAL
from .check import check
from .truth import true_gradients, true_tops


@check
def forward_matches(case: Case, backend: Backend, dtype: str) -> None:
    """The tops are the float64 reference's, also for the next bottoms and parameters; they held NaN before."""
    rig = Rig(case, backend, dtype)
    for numbers in (USUAL, OTHER):
        rig.load(numbers)
        expect_close(case, _where(rig), dtype, rig.forward(), true_tops(case, backend.seed, numbers))


@check(backprop=True)
def backward_matches(case: Case, backend: Backend, dtype: str) -> None:
    """The gradients are the float64 reference's; they are overwritten (not added to), also for the next numbers."""
    rig = Rig(case, backend, dtype)
    for numbers in (USUAL, OTHER):
        rig.load(numbers)
        rig.forward()
        expect_close(case, _where(rig), dtype, rig.backward(), true_gradients(case, backend.seed, numbers))


def _where(rig: Rig) -> str:
    return rig.where if rig.numbers == USUAL else f"{rig.where}, for other numbers than those that the kernel saw first"
