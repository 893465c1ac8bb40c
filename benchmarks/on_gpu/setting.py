"""Where all of it runs: on a GPU at full size, or in the simulation with tiny nets, to see that the program works."""

from __future__ import annotations

import gc
import importlib.util
from dataclasses import dataclass
from typing import Any

import mocha_core as mocha
from mocha_cuda import CudaBackend


@dataclass(frozen=True)
class Setting:
    """dry: without a GPU.   device: the number of the GPU.   math: of matrix products and convolutions."""

    dry: bool = False
    device: int = 0
    math: str = "float32"

    def open(self, **options: Any) -> CudaBackend:
        """The backend to be looked at."""
        return CudaBackend(device=self._device(), math=self.math, **options)

    def cpu(self, **options: Any) -> mocha.Backend:
        """The best backend on the processor, to compare with."""
        name = "cython" if importlib.util.find_spec("mocha_cython") else "cpu"
        return mocha.DefaultBackend(name, **options)

    def backend_class(self) -> type[CudaBackend]:
        """One that opens without arguments, for the conformance kit."""
        setting = self

        class Looked(CudaBackend):
            def __init__(self) -> None:
                super().__init__(device=setting._device(), math=setting.math)

            @classmethod
            def unusable(cls) -> str | None:
                return None

        return Looked

    def facts(self, backend: CudaBackend) -> str:
        """The device, in words."""
        major, minor = backend.device.capability
        return (
            f"{backend.device.name}, compute capability {major}.{minor}, {backend.device.multiprocessors} "
            f"multiprocessors, {backend.device.memory / 2**30:.0f} GiB, products in {self.math}"
        )

    def give_back(self, backend: CudaBackend) -> None:
        """Let the device have what nobody uses any more, so that it does not count as taken."""
        gc.collect()
        if not self.dry:
            backend.xp.get_default_memory_pool().free_all_blocks()

    def peak_bytes(self, backend: CudaBackend) -> int:
        """What was taken of the device's memory since `give_back`: CuPy keeps what it has."""
        return 0 if self.dry else int(backend.xp.get_default_memory_pool().total_bytes())

    def _device(self) -> Any:
        if not self.dry:
            return self.device
        from mocha_cuda.simulation import SimulatedDevice

        return SimulatedDevice()
