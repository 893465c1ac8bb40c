"""CuPy without a GPU: what this package calls of it, on NumPy arrays, as strict as CuPy and CUDA are.

Kernels really run (compiled as for the simulation), with arguments passed by their types alone, as CuPy does.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from mocha_cuda.simulation.compiling import built, translated
from mocha_cuda.simulation.simulated import ALIGN

NAME = "Fake H100"


def for_processor(text: str, source: str | Path) -> Path:
    """In place of NVRTC."""
    return built(translated(text, {}), Path(source).stem)


class CUDARuntimeError(RuntimeError):
    pass


class CUDADriverError(RuntimeError):
    pass


class OutOfMemoryError(MemoryError):
    pass


class Pointer:
    """Device memory at an address."""

    def __init__(self, fake: FakeCupy, ptr: int) -> None:
        self.fake, self.ptr = fake, ptr

    def copy_from_device_async(self, source: Pointer, size: int) -> None:
        self.fake.ask(lambda: ctypes.memmove(self.ptr, source.ptr, size))

    def memset_async(self, value: int, size: int) -> None:
        self.fake.ask(lambda: ctypes.memset(self.ptr, value, size))

    def copy_from_host_async(self, address: int, size: int) -> None:
        self.fake.refuse_capture()
        self.fake.ask(lambda: ctypes.memmove(self.ptr, address, size))


class FakeArray(np.ndarray[Any, Any]):
    """An array on the device."""

    fake: FakeCupy

    @property
    def data(self) -> Pointer:  # type: ignore[override]
        return Pointer(self.fake, self.ctypes.data)

    def __array_finalize__(self, other: Any) -> None:
        self.fake = getattr(other, "fake", None)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """Numbers are arrays without axes, as with CuPy."""
        return self.fake.on_device(array)

    def set(self, host: Any) -> None:
        self.fake.refuse_capture()
        if host.dtype != self.dtype or host.shape != self.shape or not self.flags.c_contiguous:
            raise TypeError(f"cannot set {self.dtype} {self.shape} from {host.dtype} {host.shape}")
        kept = np.array(host)
        self.fake.ask(lambda: np.copyto(self.view(np.ndarray), kept))

    def get(self, out: Any) -> None:
        self.fake.refuse_capture()
        np.copyto(out, self)


class FakeStream:
    """A stream: works at once, or into the graph that is being captured."""

    def __init__(self, fake: FakeCupy) -> None:
        self.fake, self.captured = fake, None
        fake.streams.append(self)
        self.ptr = 1000 + len(fake.streams)

    def __enter__(self) -> FakeStream:
        self.fake.current.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.fake.current.pop()

    def begin_capture(self, mode: int) -> None:
        self.captured = []

    def end_capture(self) -> FakeGraph:
        calls, self.captured = self.captured, None
        if self.fake.broken:
            self.fake.broken = False
            raise CUDARuntimeError("cudaErrorStreamCaptureInvalidated")
        return FakeGraph(self.fake, calls)

    def synchronize(self) -> None:
        self.fake.refuse_capture()

    def wait_event(self, event: Any) -> None:
        self.fake.told.append("wait")


class FakeGraph:
    def __init__(self, fake: FakeCupy, calls: list[Callable[[], Any]]) -> None:
        self.fake, self.calls = fake, calls

    def launch(self, stream: FakeStream) -> None:
        self.fake.told.append("launch")
        for call in self.calls:
            call()


class FakeCupy:
    """The module. free: bytes that may still be allocated.   current: streams that `with` made current."""

    __version__ = "14.2.0"

    def __init__(self, free: int = 1 << 30) -> None:
        self.free, self.broken = free, False
        self.told: list[str] = []
        self.streams: list[FakeStream] = []
        self.current: list[FakeStream] = []
        self.devices: list[int] = []
        self.cuda = SimpleNamespace(
            Device=self._device,
            Stream=lambda: FakeStream(self),
            Event=lambda disable_timing: SimpleNamespace(
                record=lambda stream: self.told.append("record"), synchronize=self.refuse_capture
            ),
            runtime=SimpleNamespace(
                CUDARuntimeError=CUDARuntimeError,
                streamCaptureModeThreadLocal=1,
                runtimeGetVersion=lambda: 13000,
                getDeviceProperties=lambda index: {
                    "name": NAME.encode(),
                    "major": 9,
                    "minor": 0,
                    "multiProcessorCount": 132,
                    "totalGlobalMem": 1 << 36,
                },
            ),
            driver=SimpleNamespace(CUDADriverError=CUDADriverError),
            memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        )

    def __getattr__(self, name: str) -> Any:
        """Functions of NumPy, with results on the device."""
        found = getattr(np, name)
        if isinstance(found, type) or not callable(found):
            return found
        return lambda *arguments, **options: self.on_device(found(*arguments, **options))

    def on_device(self, result: Any) -> Any:
        if isinstance(result, tuple):
            return tuple(map(self.on_device, result))
        if not isinstance(result, (np.ndarray, np.generic)):
            return result
        array = np.asarray(result).view(FakeArray)
        array.fake = self
        return array

    def ask(self, call: Callable[[], Any]) -> None:
        """Work for the current stream, on the current device."""
        assert self.devices, "no device was made current"
        stream = self.current[-1]
        if stream.captured is None:
            call()
        else:
            stream.captured.append(call)

    def refuse_capture(self) -> None:
        """What waits is not allowed while the current stream captures; the capture is then invalid."""
        if self.current and self.current[-1].captured is not None:
            self.broken = True
            raise CUDARuntimeError("cudaErrorStreamCaptureUnsupported: not permitted when a stream is capturing")

    def empty(self, shape: Any, dtype: Any) -> FakeArray:
        self.refuse_capture()
        nbytes = math.prod(shape) * np.dtype(dtype).itemsize
        if nbytes > self.free:
            raise OutOfMemoryError(f"Out of memory allocating {nbytes:,} bytes (allocated so far: 0 bytes).")
        raw = np.full(nbytes + ALIGN, 0xFF, np.uint8)
        start = -raw.ctypes.data % ALIGN
        array = raw[start : start + nbytes].view(dtype).reshape(shape).view(FakeArray)
        array.fake = self
        return array

    def empty_pinned(self, shape: Any, dtype: Any) -> Any:
        return np.empty(shape, dtype)

    def get_default_memory_pool(self) -> Any:
        return SimpleNamespace(free_all_blocks=lambda: self.told.append("free_all_blocks"))

    def RawModule(self, path: str) -> Any:
        compiled = ctypes.CDLL(path)
        return SimpleNamespace(get_function=lambda name: Kernel(self, getattr(compiled, f"mocha_launch_{name}")))

    def _device(self, index: int) -> Any:
        return FakeDevice(self, index)


class FakeDevice:
    def __init__(self, fake: FakeCupy, index: int) -> None:
        self.fake, self.index = fake, index

    def __enter__(self) -> None:
        self.fake.devices.append(self.index)

    def __exit__(self, *_: object) -> None:
        self.fake.devices.pop()

    @property
    def mem_info(self) -> tuple[int, int]:
        return self.fake.free, 1 << 36


class Kernel:
    """A compiled entry point: the bytes of each argument go to it as they are."""

    def __init__(self, fake: FakeCupy, run: Any) -> None:
        self.fake, self.run = fake, run
        run.restype = ctypes.c_char_p

    def __call__(self, grid: Any, block: Any, arguments: Any, *, shared_mem: int) -> None:
        values = [np.uint64(a.ctypes.data) if isinstance(a, FakeArray) else a for a in arguments]
        assert all(isinstance(value, np.generic) for value in values), "CuPy passes Python's numbers as 64 bits"
        held = [np.array(value) for value in values]
        pointers = (ctypes.c_void_p * max(1, len(held)))(*(each.ctypes.data for each in held))
        extents = [(ctypes.c_longlong * 3)(*extent) for extent in (grid, block)]

        def launch() -> None:
            said = self.run(*extents, ctypes.c_longlong(shared_mem), pointers, ctypes.c_longlong(0))
            assert said is None, (said, held, arguments)

        self.fake.ask(launch)
