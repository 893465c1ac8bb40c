"""Kernels do not mix up what each of them remembers."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..rig import Rig
from ..values import OTHER, USUAL
from .check import check
from .truth import true_gradients, true_tops


@check(plain_only=True)
def kernels_do_not_mix(case: Case, backend: Backend, dtype: str) -> None:
    """Two kernels for the same shapes, one after the other in forward and in backward, keep their numbers apart."""
    pairs = [(Rig(case, backend, dtype, numbers=numbers), numbers) for numbers in (USUAL, OTHER)]
    for rig, _ in pairs:
        rig.forward()
    for rig, numbers in pairs:
        where = f"{rig.where}, while another kernel for these shapes works with other numbers"
        expect_close(case, where, dtype, rig.results(), true_tops(case, backend.seed, numbers))
        if rig.site.has_backward:
            expect_close(case, where, dtype, rig.backward(), true_gradients(case, backend.seed, numbers))
