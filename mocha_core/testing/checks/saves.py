"""Saves are honest."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..rig import Rig
from .check import check
from .truth import true_gradients


@check(backprop=True)
def saves_are_honest(case: Case, backend: Backend, dtype: str) -> None:
    """Backward gives the same when everything that `saves` does not name, and all passing scratch, is NaN by then.

    It is that of a kernel built anew on the same memory, as a net does when layers are frozen or thawed.
    """
    rig = Rig(case, backend, dtype)
    rig.forward()
    rig.build_anew()
    gradients = rig.backward(forget=True)
    where = f"{rig.where}, from a new kernel, after all not in saves={sorted(_saves(rig))} was overwritten with NaN"
    expect_close(case, where, dtype, gradients, true_gradients(case, backend.seed))


def _saves(rig: Rig) -> frozenset[str]:
    accepted = rig.choice.accept.saves
    return rig.site.plan.saves if accepted is None else accepted
