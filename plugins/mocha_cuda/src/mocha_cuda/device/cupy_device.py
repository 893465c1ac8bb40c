"""An NVIDIA GPU, by way of CuPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape

from ..errors import DeviceError, DeviceMemoryError
from . import failures
from .compiling import Compiler, compiler_of
from .cublas import Cublas, Operand
from .cupy_function import loaded
from .cupy_streams import CupyEvent, CupyGraph, CupyStream
from .device import Device, Event, Function, Graph, Host, Math, Stream
from .libraries import load

WORKSPACE = {True: 32 << 20, False: 4 << 20}
"""Bytes for cuBLAS, on GPUs of compute capability 9 and later, and on older ones; what its manual recommends."""


class CupyDevice(Device):
    """One GPU. Several may be open in one process; each call makes its own GPU and stream current while it lasts.

    index: the GPU's number.   library: loads libraries of CUDA.   compiler: of kernels; NVRTC for None.
    Raises `DeviceError` with one sentence where a call to CUDA fails, and `DeviceMemoryError` for lack of memory.
    """

    def __init__(self, index: int, library: Callable[[str], Any] = load, compiler: Compiler | None = None) -> None:
        import cupy
        import cupyx

        self.index, self.xp, self._pinned = index, cupy, cupyx.empty_pinned
        facts = cupy.cuda.runtime.getDeviceProperties(index)
        self.name = f"GPU {index} ({facts['name'].decode(errors='replace')})"
        self.capability = (int(facts["major"]), int(facts["minor"]))
        self.multiprocessors, self.memory = int(facts["multiProcessorCount"]), int(facts["totalGlobalMem"])
        self._functions: dict[Any, Function] = {}
        self._compiler = compiler or compiler_of(library("nvrtc"), self.capability)
        with cupy.cuda.Device(index):
            self._streams = CupyStream(cupy, "main"), CupyStream(cupy, "copying")
        self.main, self.copying = self._streams
        self.current = self._streams[0]
        self._workspace = self.empty((WORKSPACE[self.capability >= (9, 0)],), "uint8")
        with self.calling_xp():
            self._cublas = Cublas(library("cublas"), (self._workspace.data.ptr, self._workspace.nbytes))

    # memory ---------------------------------------------------------------------------------------------------------

    def empty(self, shape: Shape, dtype: Any) -> Array:
        with self.calling_xp():
            return self.xp.empty(shape, dtype)

    def pinned(self, shape: Shape, dtype: Any) -> Host:
        with self.calling_xp():
            host: Host = self._pinned(shape, dtype)
        return host

    def copy(self, target: Array, source: Array) -> None:
        with self.calling_xp():
            target.data.copy_from_device_async(source.data, _same_size(target, source))

    def fill_zero(self, target: Array) -> None:
        with self.calling_xp():
            target.data.memset_async(0, target.nbytes)

    def upload(self, target: Array, host: Host) -> None:
        """Waits, as a copy from page-locked memory would otherwise go on behind the caller's back."""
        with self.calling_xp():
            target.set(host)
            self.current.stream.synchronize()

    def upload_later(self, target: Array, pinned: Host) -> None:
        with self.calling_xp():
            target.data.copy_from_host_async(pinned.ctypes.data, _same_size(target, pinned))

    def download(self, source: Array) -> Host:
        host = np.empty(source.shape, source.dtype)
        with self.calling_xp():
            source.get(out=host)
        return host

    # work -----------------------------------------------------------------------------------------------------------

    def function(self, source: str | Path, name: str, **defines: int | float | str) -> Function:
        key = (source, name, *sorted(defines.items()))
        if key not in self._functions:
            self._functions[key] = loaded(self, source, name, defines)
        return self._functions[key]

    def compiled(self, text: str, source: str | Path) -> Path:
        """The file with the code of a text. source: the text's name."""
        return self._compiler(text, source)

    def matmul(
        self,
        a: Array,
        b: Array,
        out: Array,
        *,
        transpose_a: bool = False,
        transpose_b: bool = False,
        add: bool = False,
        math: Math = "float32",
    ) -> None:
        operands = [Operand(x.data.ptr, x.shape) for x in (a, b, out)]
        with self.calling_xp():
            self._cublas.matmul(
                *operands,
                transposed=(transpose_a, transpose_b),
                add=add,
                double=out.dtype == np.float64,
                math=math,
                stream=self.current.stream.ptr,
            )

    @contextmanager
    def calling_xp(self) -> Iterator[None]:
        cuda = self.xp.cuda
        try:
            with cuda.Device(self.index), self.current.stream:
                yield
        except cuda.memory.OutOfMemoryError as error:
            raise DeviceMemoryError(self._no_room(error)) from None
        except (cuda.runtime.CUDARuntimeError, cuda.driver.CUDADriverError) as error:
            raise DeviceError(failures.device_failed(error, self.name)) from None

    # order ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def on(self, stream: Stream) -> Iterator[None]:
        if not isinstance(stream, CupyStream):
            raise TypeError(f"{stream!r} is no stream of {self.name}")
        before, self.current = self.current, stream
        try:
            yield
        finally:
            self.current = before

    def event(self) -> Event:
        return CupyEvent(self)

    def capture(self, run: Callable[[], None]) -> Graph:
        """Thread-local: what CUDA forbids while recording is an error in this thread, and other threads go on."""
        stream = self.current.stream
        with self.calling_xp():
            stream.begin_capture(self.xp.cuda.runtime.streamCaptureModeThreadLocal)
            try:
                run()
            except BaseException:
                self._give_up(stream)
                raise
            return CupyGraph(self, stream.end_capture())

    def sync(self) -> None:
        with self.calling_xp():
            for each in self._streams:
                each.stream.synchronize()

    def close(self) -> None:
        """Memory that nothing refers to goes back to the system, so that other processes can have it."""
        self.sync()
        with self.calling_xp():
            self._cublas.close()
            self.xp.get_default_memory_pool().free_all_blocks()

    def _give_up(self, stream: Any) -> None:
        """End a recording that failed; the call that ends it fails too, and the first error is the one to tell."""
        try:
            stream.end_capture()
        except self.xp.cuda.runtime.CUDARuntimeError:
            return

    def _no_room(self, error: Exception) -> str:
        free, total = self.xp.cuda.Device(self.index).mem_info
        return failures.out_of_memory(error, free, total, self.name)


def _same_size(target: Any, source: Any) -> int:
    if target.nbytes != source.nbytes:
        raise ValueError(f"cannot copy {source.nbytes} bytes over {target.nbytes}")
    return int(target.nbytes)
