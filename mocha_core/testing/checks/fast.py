"""The fast kernel really ran."""

from __future__ import annotations

from ...backend import Backend
from ...generic import GenericKernel
from ...passes import Fused
from ..case import Case
from ..failure import failed
from ..rig import Rig
from .check import check


@check(plain_only=True)
def fast_kernel_ran(case: Case, backend: Backend, dtype: str) -> None:
    """If anybody offers a kernel for this layer on this backend, one of them serves the layer's plain case."""
    rig = Rig(case, backend, dtype)
    if _is_offered(backend, case) and rig.choice.kernel is GenericKernel:
        reasons = "; ".join(f"{label}: {why}" for label, why in rig.choice.declined)
        raise failed(case, rig.where, f"no kernel serves the plain case ({reasons or 'none is offered'})")


def _is_offered(backend: Backend, case: Case) -> bool:
    """Whether the layer has kernels; a fusion is expected to have one where the backend makes that fusion."""
    if isinstance(case.layer, Fused):
        return any(rewrite(case.layer.members) == (case.layer,) for rewrite in backend.passes(case.phase))
    return bool(backend.registry.candidates(case.layer))
