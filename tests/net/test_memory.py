"""The arena: what is alive together never overlaps, and the plan is close to the least possible."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mocha_core.blob import BlobSpec
from mocha_core.memory import ALIGN, Slot, lower_bound, merge, plan_arena


@st.composite
def lives(draw: st.DrawFn) -> list[Slot]:
    slots: list[Slot] = []
    for k in range(draw(st.integers(1, 12))):
        first = draw(st.integers(0, 20))
        size = draw(st.integers(1, 200))
        slots.append(Slot(BlobSpec((size,)), f"s{k}", first, first + draw(st.integers(0, 8))))
    return slots


@given(lives())
def test_slots_alive_together_do_not_overlap(slots: list[Slot]) -> None:
    arena = plan_arena(slots)
    places = list(zip(slots, arena.offsets, strict=True))
    for (a, at), (b, bt) in itertools.combinations(places, 2):
        if a.first <= b.last and b.first <= a.last:
            assert at + a.spec.nbytes <= bt or bt + b.spec.nbytes <= at
    assert all(offset % ALIGN == 0 and offset + s.spec.nbytes <= arena.nbytes for s, offset in places)
    assert arena.bound <= arena.nbytes <= arena.unshared


def test_a_slot_laid_onto_another_shares_its_offset_and_lengthens_its_life() -> None:
    slots = [
        Slot(BlobSpec((100,)), "x", 0, 2),
        Slot(BlobSpec((100,)), "y", 2, 5, onto=0),
        Slot(BlobSpec((100,)), "z", 4, 6),
    ]
    arena = plan_arena(slots)
    assert arena.offsets[0] == arena.offsets[1] != arena.offsets[2]
    assert [(b.first, b.last) for b in merge(slots)] == [(0, 5), (4, 6)]


def test_a_chain_of_blobs_needs_two_at_a_time() -> None:
    slots = [Slot(BlobSpec((1024,)), f"s{k}", k, k + 1) for k in range(10)]
    assert plan_arena(slots).nbytes == lower_bound(merge(slots)) == 2 * 4096
