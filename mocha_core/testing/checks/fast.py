"""The fast kernel really ran."""

from __future__ import annotations

from ...backend import Backend
from ...generic import GenericKernel
from ..case import Case
from ..failure import failed
from ..rig import Rig
from .check import check


@check(plain_only=True)
def fast_kernel_ran(case: Case, backend: Backend, dtype: str) -> None:
    """If anybody offers a kernel for this layer on this backend, one of them serves the layer's plain case."""
    rig = Rig(case, backend, dtype)
    if backend.registry.candidates(case.layer) and rig.choice.kernel is GenericKernel:
        reasons = "; ".join(f"{label}: {why}" for label, why in rig.choice.declined)
        raise failed(case, rig.where, f"every kernel declined the plain case ({reasons})")
