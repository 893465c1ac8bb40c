"""The fast kernel really ran."""

from __future__ import annotations

from ...backend import Backend
from ...channels_last import ChannelsLast
from ...generic import GenericKernel
from ...layer import Layer
from ...passes import Fused, PassContext, members_of
from ..case import Case
from ..failure import failed
from ..rig import Rig
from .check import check

USUAL = "float32"


@check(plain_only=True)
def fast_kernel_ran(case: Case, backend: Backend, dtype: str) -> None:
    """If anybody offers a kernel for this layer on this backend, one of them serves the layer's plain case.

    A kernel may be for float32 alone, if that is why it declines: its reason then names the other type.
    """
    if not case.fast:
        return
    rig = Rig(case, backend, dtype)
    if dtype != USUAL and any(dtype in why for _, why in rig.choice.declined):
        return
    if _is_offered(backend, case, dtype) and rig.choice.kernel is GenericKernel:
        reasons = "; ".join(f"{label}: {why}" for label, why in rig.choice.declined)
        raise failed(case, rig.where, f"no kernel serves the plain case ({reasons or 'none is offered'})")


def _is_offered(backend: Backend, case: Case, dtype: str) -> bool:
    """Whether the layer has kernels; a fusion, or a layout, is expected to have one where the backend makes it."""
    if not isinstance(case.layer, (Fused, ChannelsLast)):
        return bool(backend.registry.candidates(case.layer))
    layers = members_of(case.layer.member if isinstance(case.layer, ChannelsLast) else case.layer)
    for rewrite in backend.passes():
        layers = rewrite(layers, PassContext(case.phase, dtype))
    return any(_alike(layer, case.layer) for layer in layers)


def _alike(made: Layer, asked: Layer) -> bool:
    """The same but for the names of blobs."""
    return type(made) is type(asked) and made.replace(bottoms=asked.bottoms, tops=asked.tops) == asked
