"""Overlaid blobs give the same."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..pairs import Sharing
from ..rig import Rig
from .check import check
from .truth import truth


@check
def overlaid_blobs_give_the_same(case: Case, backend: Backend, dtype: str) -> None:
    """Results do not change when a top and a bottom (or their gradients) of an overlay or a view share their memory."""
    nothing = [False] * len(case.bottoms)
    for sharing in Rig(case, backend, dtype, wants=nothing, trains=False).sharings():
        _expect_same(Rig(case, backend, dtype, wants=nothing, trains=False, sharing=sharing), sharing)
    if case.has_backward():
        for sharing in Rig(case, backend, dtype).sharings():
            _expect_same(Rig(case, backend, dtype, sharing=sharing), sharing)


def _expect_same(rig: Rig, sharing: Sharing) -> None:
    where = f"{rig.where}, (top, bottom) sharing memory: {_list(sharing.forward)}, gradients: {_list(sharing.backward)}"
    got = rig.run()
    expect_close(rig.case, where, rig.dtype, got, truth(rig.case, rig.backend.seed).only(got.__contains__))


def _list(pairs: frozenset[tuple[int, int]]) -> str:
    return str(sorted(pairs)) if pairs else "none"
