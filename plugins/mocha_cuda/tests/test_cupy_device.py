"""How the GPU is used: its number, its streams, and what is given back."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_cuda import CudaBackend
from mocha_cuda.device.cupy_device import WORKSPACE, CupyDevice

from .fake_cublas import FakeCublas
from .fake_cupy import FakeCupy, for_processor


@pytest.fixture
def gpu(cublas: FakeCublas) -> CupyDevice:
    return CupyDevice(3, library=lambda name: cublas, compiler=for_processor)


def test_it_knows_what_it_is(gpu: CupyDevice):
    assert (gpu.name, gpu.capability, gpu.multiprocessors) == ("GPU 3 (Fake H100)", (9, 0), 132)


def test_each_call_makes_its_own_gpu_current_and_leaves_no_trace(gpu: CupyDevice, fake: FakeCupy):
    with gpu.calling_xp():
        assert fake.devices == [3]
        assert fake.current[-1].ptr == gpu.current.stream.ptr
    gpu.fill_zero(gpu.empty((2,), "float32"))
    assert fake.devices == fake.current == []


def test_cublas_works_in_memory_of_its_own(gpu: CupyDevice, cublas: FakeCublas):
    """Setting a stream makes cuBLAS forget it, so it is told again; the same stream is not set twice."""
    x = gpu.empty((2, 2), "float32")
    gpu.matmul(x, x, gpu.empty((2, 2), "float32"))
    assert cublas.workspace == WORKSPACE[True]
    with gpu.on(gpu.copying):
        gpu.matmul(x, x, gpu.empty((2, 2), "float32"))
    assert (cublas.stream, cublas.workspace) == (gpu.copying.stream.ptr, WORKSPACE[True])  # type: ignore[attr-defined]


def test_closing_gives_back_the_handle_and_the_memory(gpu: CupyDevice, fake: FakeCupy, cublas: FakeCublas):
    gpu.close()
    assert (cublas.log, fake.told[-1]) == (["destroy"], "free_all_blocks")


def test_an_upload_from_pinned_memory_waits(gpu: CupyDevice, fake: FakeCupy, monkeypatch: pytest.MonkeyPatch):
    waited: list[int] = []
    monkeypatch.setattr(gpu.current.stream, "synchronize", lambda: waited.append(1))
    gpu.upload(gpu.empty((2,), "float32"), np.zeros(2, np.float32))
    assert waited == [1]


def test_arithmetic_between_programs_is_on_the_right_gpu_and_stream(gpu: CupyDevice, fake: FakeCupy):
    with CudaBackend(device=gpu).arithmetic(), np.errstate():
        assert (fake.devices[-1], fake.current[-1].ptr) == (3, gpu.current.stream.ptr)
        assert np.float32(1e30) * np.float32(1e30) == np.inf  # and NumPy does not warn
