"""Unwanted gradients cost nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...backend import Backend
from ..case import Case
from ..failure import expect_close
from ..rig import Rig
from .check import check
from .truth import true_gradients


@check(backprop=True)
def unwanted_gradients_cost_nothing(case: Case, backend: Backend, dtype: str) -> None:
    """For every choice of gradients: those not asked for have no memory to write to, the others are as before."""
    for wants, trains in _choices(case):
        rig = Rig(case, backend, dtype, wants=wants, trains=trains)
        where = f"{rig.where}, wants={wants}, trains={trains}"
        rig.forward()
        got = rig.backward()
        expect_close(case, where, dtype, got, true_gradients(case, backend.seed).only(got.__contains__))


def _choices(case: Case) -> Iterator[tuple[tuple[bool, ...], bool]]:
    """Everything, each gradient alone, everything but one."""
    possible = [k for k, want in enumerate(case.wants()) if want]
    trains = case.trains()
    chosen = [set(possible), set(), *({k} for k in possible), *(set(possible) - {k} for k in possible)]
    for wanted in {frozenset(c) for c in chosen}:
        wants = tuple(k in wanted for k in range(len(case.bottoms)))
        for train in {trains, False}:
            if any(wants) or train:
                yield wants, train
