"""One arena per net, nearly as small as can be."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import BlobSpec
from mocha_core.memory import ALIGN, Slot
from mocha_cpu import CpuBackend
from mocha_cpu.backend import PLANS
from mocha_cpu.memory import MAPPED, aligned_bytes


def slots() -> list[Slot]:
    lives = [(0, 9), (1, 2), (2, 3), (3, 4), (4, 9)]
    return [Slot(BlobSpec((30 + k, 7)), f"slot {k}", first, last) for k, (first, last) in enumerate(lives)]


def test_all_arrays_are_views_of_one_piece_of_memory(backend: CpuBackend) -> None:
    arrays = backend.allocate(slots())
    first = min(array.ctypes.data for array in arrays)
    last = max(array.ctypes.data + array.nbytes for array in arrays)
    assert last - first <= backend.plans[-1].nbytes == backend.planned_bytes(slots())
    assert backend.plans[-1].nbytes < backend.plans[-1].unshared
    assert all(array.ctypes.data % ALIGN == 0 and array.flags.c_contiguous for array in arrays)


def test_only_the_last_plans_are_kept(backend: CpuBackend) -> None:
    for _ in range(2 * PLANS):
        backend.allocate(slots())
    assert len(backend.plans) == PLANS


def test_a_slot_onto_another_shows_its_bytes(backend: CpuBackend) -> None:
    below = Slot(BlobSpec((4, 6)), "below", 0, 2)
    array, view = backend.allocate([below, Slot(BlobSpec((24,)), "view", 1, 2, onto=0, view=True)])
    array[...] = np.arange(24.0).reshape(4, 6)
    assert np.array_equal(view, np.arange(24.0))


def test_memory_is_aligned_below_and_above_the_size_that_is_mapped() -> None:
    for count in (1, 100, MAPPED - 1, MAPPED, MAPPED + 1):
        memory = aligned_bytes(count)
        assert memory.size == count
        assert memory.ctypes.data % ALIGN == 0
        memory[...] = 7


def test_empty_arrays_and_scalars(backend: CpuBackend) -> None:
    empty, scalar = backend.allocate([Slot(BlobSpec((0,)), "empty", 0, 1), Slot(BlobSpec(()), "scalar", 0, 1)])
    assert empty.shape == (0,)
    backend.assign(scalar, np.float32(2.5))
    assert backend.scalar(scalar) == 2.5
