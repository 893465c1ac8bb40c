"""One piece of memory per net, laid out as the core plans it."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import BlobSpec
from mocha_core.memory import ALIGN, Slot, plan_arena
from mocha_cpu import CpuBackend
from mocha_cuda import CudaBackend
from mocha_cuda.backend import PLANS
from mocha_cuda.device.device import Device


def slots() -> list[Slot]:
    lives = [(0, 9), (1, 2), (2, 3), (3, 4), (4, 9)]
    return [Slot(BlobSpec((30 + k, 7)), f"slot {k}", first, last) for k, (first, last) in enumerate(lives)]


def address(array: object) -> int:
    interface = getattr(array, "__cuda_array_interface__", None) or array.__array_interface__  # type: ignore[attr-defined]
    return int(interface["data"][0])


def test_arrays_lie_where_the_plan_says(device: Device):
    backend, plan = CudaBackend(device=device), plan_arena(slots())
    arrays = backend.allocate(slots())
    base = address(arrays[0]) - plan.offsets[0]
    assert [address(array) - base for array in arrays] == list(plan.offsets)
    assert all(address(array) % ALIGN == 0 for array in arrays)
    assert list(backend.plans) == [plan]


def test_only_the_last_plans_are_kept(device: Device):
    backend = CudaBackend(device=device)
    for _ in range(2 * PLANS):
        backend.allocate(slots())
    assert len(backend.plans) == PLANS


def test_as_many_bytes_are_planned_as_on_the_processor(device: Device):
    assert CudaBackend(device=device).planned_bytes(slots()) == CpuBackend().planned_bytes(slots())


def test_empty_arrays_and_scalars(device: Device):
    backend = CudaBackend(device=device)
    empty, scalar = backend.allocate([Slot(BlobSpec((0,)), "empty", 0, 1), Slot(BlobSpec(()), "scalar", 0, 1)])
    assert empty.shape == (0,)
    backend.write(scalar, np.float32(2.5))
    assert backend.scalar(scalar) == 2.5
