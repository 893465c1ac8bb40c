"""A device that is not there: NumPy arrays, the same kernel sources compiled for the processor."""

from __future__ import annotations

import math as mathematics
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape

from ..device.device import Device, Event, Function, Graph, Host, Math, Stream, matmul_shape
from ..errors import RecordingError
from .kernels import SimulatedFunction
from .queues import Queues, SimulatedEvent, SimulatedGraph
from .rounding import rounded

ALIGN = 256
"""Bytes, as CUDA's allocator does."""


class SimulatedDevice(Device):
    """Runs on the processor, to test without a GPU what runs on one. Slow, and strict where CUDA is not.

    New memory holds NaN. Matrix products in "tf32" and "bf16" round their operands. A call that would fail while a
    graph is recorded (allocating, waiting for the device) fails here too.

    late: work is done only when somebody waits for it (see `Queues`), and the last thread of the last block goes first.
    Otherwise all is done at once, from the first to the last. Results differ where a barrier or a wait is missing.

    >>> device = SimulatedDevice()
    >>> x = device.empty((2, 3), "float32")
    >>> device.fill_zero(x)
    >>> device.download(x)
    array([[0., 0., 0.],
           [0., 0., 0.]], dtype=float32)
    """

    name = "simulated"
    capability = (9, 0)
    multiprocessors = 4
    memory = 1 << 34

    def __init__(self, *, late: bool = False) -> None:
        self.queues = Queues(late)
        self.main, self.copying = self.queues.main, self.queues.copying
        self.xp: Any = np
        self._functions: dict[Any, Function] = {}

    def empty(self, shape: Shape, dtype: Any) -> Array:
        self._refuse_in_graph("memory was asked for")
        nbytes = mathematics.prod(shape) * np.dtype(dtype).itemsize
        raw = np.full(nbytes + ALIGN, 0xFF, np.uint8)
        start = -raw.ctypes.data % ALIGN
        return raw[start : start + nbytes].view(dtype).reshape(shape)

    def pinned(self, shape: Shape, dtype: Any) -> Host:
        host: Host = self.empty(shape, dtype)
        return host

    def copy(self, target: Array, source: Array) -> None:
        to, out = _bytes(target), _bytes(source)
        if to.size != out.size:
            raise ValueError(f"cannot copy {out.size} bytes over {to.size}")
        self.queues.ask(lambda: np.copyto(to, out))

    def fill_zero(self, target: Array) -> None:
        to = _bytes(target)
        self.queues.ask(lambda: to.fill(0))

    def upload(self, target: Array, host: Host) -> None:
        self._refuse_in_graph("a copy of the host's memory was asked for")
        self.copy(target, np.array(host, order="C"))

    def upload_later(self, target: Array, pinned: Host) -> None:
        self.copy(target, pinned)

    def download(self, source: Array) -> Host:
        self._refuse_in_graph("a result was read")
        self.queues.finish(self.queues.current)
        return np.array(source)

    def function(self, source: str | Path, name: str, **defines: int | float | str) -> Function:
        key = (source, name, *sorted(defines.items()))
        if key not in self._functions:
            self._functions[key] = SimulatedFunction(self.queues, source, name, defines)
        return self._functions[key]

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
        if out.shape != matmul_shape(a.shape, b.shape, transpose_a, transpose_b):
            raise ValueError(f"the product of {a.shape} and {b.shape} has another shape than {out.shape}")
        left, right = (x.swapaxes(-1, -2) if turned else x for x, turned in ((a, transpose_a), (b, transpose_b)))

        def product() -> None:
            value = np.matmul(rounded(left, math), rounded(right, math))
            np.add(out, value, out=out) if add else np.copyto(out, value)

        self.queues.ask(product)

    def calling_xp(self) -> AbstractContextManager[Any]:
        self._refuse_in_graph("array functions were called")
        return self.queues.at_once()

    def on(self, stream: Stream) -> AbstractContextManager[Any]:
        return self.queues.on(stream)

    def event(self) -> Event:
        return SimulatedEvent(self.queues)

    def capture(self, run: Callable[[], None]) -> Graph:
        self._refuse_in_graph("another graph was to be recorded")
        calls = self.queues.recorded = []
        try:
            run()
        finally:
            self.queues.recorded = None
        return SimulatedGraph(self.queues, calls)

    def sync(self) -> None:
        self._refuse_in_graph("the host was to wait")
        self.queues.finish(self.queues.main, self.queues.copying)

    def _refuse_in_graph(self, what: str) -> None:
        if self.queues.recorded is not None:
            raise RecordingError(f"{what} while a graph was recorded, which a GPU cannot do")


def _bytes(array: Any) -> Any:
    """The memory of a contiguous array."""
    if not array.flags.c_contiguous:
        raise ValueError(f"an array of shape {array.shape} that is not contiguous")
    return array.reshape(-1).view(np.uint8)
