"""The same seed gives the same result."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_equal
from ..rig import Rig
from .check import check


@check
def same_seed_same_result(case: Case, backend: Backend, dtype: str) -> None:
    """Bit for bit: in new memory, and again in the same memory. Random numbers come from the backend's streams only."""
    first = Rig(case, backend, dtype)
    outcome = first.run()
    expect_equal(case, first.where, Rig(case, backend, dtype).run(), outcome, "differs in a second run")
    if not any(name.startswith("state") for name in outcome):
        expect_equal(case, first.where, first.run(), outcome, "differs when the kernel runs again")
