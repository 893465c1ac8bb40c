"""A kernel computes what the layer says."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..rig import Rig
from .check import check
from .truth import true_gradients, true_tops


@check
def forward_matches(case: Case, backend: Backend, dtype: str) -> None:
    """The tops are the float64 reference's. They held NaN before, so an element that is not written shows."""
    rig = Rig(case, backend, dtype)
    expect_close(case, rig.where, dtype, rig.forward(), true_tops(case, backend.seed))


@check(backprop=True)
def backward_matches(case: Case, backend: Backend, dtype: str) -> None:
    """The gradients are the float64 reference's; they are overwritten (not added to), also the second time."""
    rig = Rig(case, backend, dtype)
    rig.forward()
    for _ in range(2):
        expect_close(case, rig.where, dtype, rig.backward(), true_gradients(case, backend.seed))
