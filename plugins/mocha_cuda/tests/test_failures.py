"""What goes wrong at work: one sentence each, of the family `MochaError`, never a stack of errors of C."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import InnerProductLayer, MemoryDataLayer, Net
from mocha_core.blob import BlobSpec
from mocha_core.errors import MochaError
from mocha_cuda import CudaBackend, DeviceError, DeviceMemoryError
from mocha_cuda.device import failures
from mocha_cuda.device.cublas import MOST, Operand
from mocha_cuda.device.cupy_device import CupyDevice

from .fake_cublas import FakeCublas
from .fake_cupy import CUDARuntimeError, FakeCupy, for_processor


@pytest.fixture
def gpu(cublas: FakeCublas) -> CupyDevice:
    return CupyDevice(0, library=lambda name: cublas, compiler=for_processor)


def one_sentence(error: BaseException) -> str:
    assert isinstance(error, MochaError)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert "\n" not in str(error)
    return str(error)


def test_no_room_for_a_net_names_the_blob_and_the_bytes_planned(gpu: CupyDevice, fake: FakeCupy):
    layers = [
        MemoryDataLayer(data=[np.ones((4, 3))], tops=["data"], batch_size=4),
        InnerProductLayer(name="wide", output_dim=5000, bottoms=["data"], tops=["wide"]),
        InnerProductLayer(name="thin", output_dim=2, bottoms=["wide"], tops=["thin"]),
    ]
    roomy, backend = CudaBackend(device=gpu), CudaBackend(device=gpu)
    Net("large", roomy, layers)
    planned = roomy.plans[0].nbytes
    fake.free = 70_000
    with pytest.raises(DeviceMemoryError) as caught:
        Net("large", backend, layers)
    said = one_sentence(caught.value)
    assert "Out of memory allocating" in said
    assert "GPU 0 (Fake H100) has 68.4 KiB of its 64.0 GiB free" in said
    assert f"{failures.size(planned)} are planned for the blobs of the net, of which 'wide' (4 x 5000)" in said
    assert "is the largest with 78.1 KiB; use a smaller batch" in said
    assert isinstance(caught.value, MemoryError)


def test_no_room_for_one_array(gpu: CupyDevice, fake: FakeCupy):
    fake.free = 1000
    with pytest.raises(DeviceMemoryError, match=r"GPU 0 .* has 1000 bytes of its 64") as caught:
        CudaBackend(device=gpu).empty(BlobSpec((1000,)))
    one_sentence(caught.value)


def test_no_room_for_what_array_functions_need(gpu: CupyDevice, fake: FakeCupy):
    fake.free = 10
    with pytest.raises(DeviceMemoryError, match="Out of memory") as caught, gpu.calling_xp():
        fake.empty((100,), "float32")
    one_sentence(caught.value)


def test_a_gpu_that_fails(gpu: CupyDevice):
    with (
        pytest.raises(DeviceError, match=r"GPU 0 \(Fake H100\) failed \(cudaErrorIllegalAddress") as caught,
        gpu.calling_xp(),
    ):
        raise CUDARuntimeError("cudaErrorIllegalAddress: an illegal memory access was encountered\nframe 0")
    assert "graphs=False" in one_sentence(caught.value)


def test_cublas_that_fails(gpu: CupyDevice, cublas: FakeCublas):
    x = gpu.empty((2, 2), "float32")
    cublas.fails = 13
    with pytest.raises(DeviceError, match=r"cuBLAS: cublasGemmStridedBatchedEx gave 13 \(it failed\)") as caught:
        gpu.matmul(x, x, x)
    one_sentence(caught.value)


def test_a_product_that_cublas_cannot_count(gpu: CupyDevice):
    with pytest.raises(DeviceError, match="too large for cuBLAS; use a smaller batch"):
        gpu._cublas.matmul(
            *(Operand(0, (1, 1)), Operand(0, (1, MOST + 1)), Operand(0, (1, MOST + 1))),
            transposed=(False, False),
            add=False,
            double=False,
            math="float32",
            stream=1,
        )


def test_no_such_arithmetic():
    with pytest.raises(MochaError, match=r"no arithmetic 'tf23'; did you mean 'tf32'\?"):
        CudaBackend(math="tf23")  # type: ignore[arg-type]
