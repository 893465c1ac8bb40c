"""The whole conformance suite of the core: on the simulated device, and on a GPU where there is one."""

from __future__ import annotations

import sys
from typing import ClassVar

import pytest

from mocha_core.testing import BackendSuite
from mocha_cuda import CudaBackend
from mocha_cuda.device.cupy_device import CupyDevice
from mocha_cuda.simulation import SimulatedDevice, compiler, no_compiler

from .fake_cublas import FakeCublas
from .fake_cupy import FakeCupy, for_processor


class Simulated(CudaBackend):
    """The backend without a GPU."""

    late: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(device=SimulatedDevice(late=self.late))

    @classmethod
    def unusable(cls) -> str | None:
        return None if compiler() else no_compiler()


class Late(Simulated):
    """The same, where all work waits until somebody waits for it, and threads run from the last to the first."""

    late = True


class OnCupy(Simulated):
    """On CuPy's device, with a CuPy that needs no GPU."""

    def __init__(self) -> None:
        fake = FakeCupy()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("cupy", "cupyx"):
                patch.setitem(sys.modules, name, fake)
            device = CupyDevice(0, library=lambda name: FakeCublas(fake), compiler=for_processor)
        CudaBackend.__init__(self, device=device)


class TestSimulated(BackendSuite):
    backend, optional = Simulated, True


class TestLate(BackendSuite):
    backend, optional = Late, True


class TestOnCupy(BackendSuite):
    backend, optional = OnCupy, True


@pytest.mark.gpu
class TestGpu(BackendSuite):
    backend, optional = "cuda", True
