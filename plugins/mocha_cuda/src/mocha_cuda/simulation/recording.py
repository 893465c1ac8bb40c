"""A simulated device that notes all it is asked for, and tells races between its streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape

from ..device.device import Argument, Device, Event, Extent, Function, Graph, Host, Math, Stream
from ..device.texts import Parameter, parameters_of, text_of
from ..errors import DeviceError
from .kernels import DTYPES
from .races import HOST, Range, Watch
from .simulated import SimulatedDevice

Noted = Callable[[], tuple[str, tuple[Range, ...], tuple[Range, ...]]]
"""Tells what a request does, reads and writes, when it takes its place on a stream."""

Spare = Callable[[Sequence[Any]], Sequence[Array]]
"""Of a launch's arguments, the arrays that it leaves alone this time."""


class RecordingDevice(Device):
    """Passes everything on to `inner`. `log` has one word for each request; `check()` raises if there was a race.

    Kernels are taken to read what they get as pointers to constants, and to read and write the rest; what tables of
    addresses point at counts as a whole. What array functions do (`calling_xp`) is not watched.

    spares: for kernels that choose between arrays by a number on the device, by name, those not chosen.

    >>> device = RecordingDevice(SimulatedDevice())
    >>> device.fill_zero(device.empty((4,), "float32"))
    >>> device.log
    ['empty', 'fill_zero']
    """

    def __init__(self, inner: SimulatedDevice, spares: Mapping[str, Spare] | None = None) -> None:
        self.inner, self.spares = inner, dict(spares or {})
        self.name, self.capability, self.memory = inner.name, inner.capability, inner.memory
        self.multiprocessors, self.xp = inner.multiprocessors, inner.xp
        self.main, self.copying = inner.main, inner.copying
        self.current = self.main
        self.watch = Watch()
        self.log: list[str] = []
        self.allocated: list[Range] = []
        self._captured: list[Noted] | None = None

    def check(self) -> None:
        """Raise `DeviceError` with the first race found since the device was opened, if there is one."""
        if self.watch.races:
            raise DeviceError(f"{len(self.watch.races)} races; the first: {self.watch.races[0]}")

    def note(self, what: str, reads: Sequence[Array] = (), writes: Sequence[Array] = ()) -> None:
        """Work on the current stream."""
        told = what, tuple(map(span, reads)), tuple(map(span, writes))
        self.take(lambda: told)

    def replay(self, noted: Sequence[Noted]) -> None:
        """All that a graph has, on the current stream."""
        for each in noted:
            self.take(each)

    def take(self, noted: Noted) -> None:
        """Work on the current stream, or of the graph that is being recorded."""
        if self._captured is not None:
            self._captured.append(noted)
        else:
            self.watch.work(self.current.name, *noted())

    # memory ---------------------------------------------------------------------------------------------------------

    def empty(self, shape: Shape, dtype: Any) -> Array:
        self.log.append("empty")
        array = self.inner.empty(shape, dtype)
        self.allocated.append(span(array))
        return array

    def pinned(self, shape: Shape, dtype: Any) -> Host:
        self.log.append("pinned")
        return self.inner.pinned(shape, dtype)

    def copy(self, target: Array, source: Array) -> None:
        self.log.append("copy")
        self.note("copy", [source], [target])
        self.inner.copy(target, source)

    def fill_zero(self, target: Array) -> None:
        self.log.append("fill_zero")
        self.note("fill_zero", (), [target])
        self.inner.fill_zero(target)

    def upload(self, target: Array, host: Host) -> None:
        """On a GPU this waits for the current stream."""
        self.log.append("upload")
        self.note("upload", (), [target])
        self.watch.wait(HOST, self.watch.mark(self.current.name))
        self.inner.upload(target, host)

    def upload_later(self, target: Array, pinned: Host) -> None:
        self.log.append("upload_later")
        self.note("upload_later", [pinned], [target])
        self.inner.upload_later(target, pinned)

    def download(self, source: Array) -> Host:
        self.log.append("download")
        self.note("download", [source], ())
        self.watch.wait(HOST, self.watch.mark(self.current.name))
        return self.inner.download(source)

    # work -----------------------------------------------------------------------------------------------------------

    def function(self, source: str | Path, name: str, **defines: int | float | str) -> Function:
        parameters = parameters_of(text_of(source), source, name)
        return RecordedFunction(self, name, parameters, self.inner.function(source, name, **defines))

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
        self.log.append("matmul")
        self.note("matmul", [a, b, *([out] if add else [])], [out])
        self.inner.matmul(a, b, out, transpose_a=transpose_a, transpose_b=transpose_b, add=add, math=math)

    def calling_xp(self) -> AbstractContextManager[Any]:
        self.log.append("calling_xp")
        return self.inner.calling_xp()

    # order ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def on(self, stream: Stream) -> Iterator[None]:
        before, self.current = self.current, stream
        try:
            with self.inner.on(stream):
                yield
        finally:
            self.current = before

    def event(self) -> Event:
        return RecordedEvent(self, self.inner.event())

    def capture(self, run: Callable[[], None]) -> Graph:
        self.log.append("capture")
        noted: list[Noted] = []
        self._captured = noted
        try:
            graph = self.inner.capture(run)
        finally:
            self._captured = None
        return RecordedGraph(self, noted, graph)

    def sync(self) -> None:
        self.log.append("sync")
        for stream in (self.main, self.copying):
            self.watch.wait(HOST, self.watch.mark(stream.name))
        self.inner.sync()


class RecordedFunction(Function):
    """Notes what a launch may read and write."""

    def __init__(self, device: RecordingDevice, name: str, parameters: tuple[Parameter, ...], inner: Function) -> None:
        self.device, self.name, self.parameters, self.inner = device, name, parameters, inner

    def __call__(self, grid: Extent, block: Extent, *arguments: Argument, shared: int = 0) -> None:
        self.device.log.append(self.name)
        self.device.take(lambda: self._told(arguments))
        self.inner(grid, block, *arguments, shared=shared)

    def _told(self, arguments: tuple[Argument, ...]) -> tuple[str, tuple[Range, ...], tuple[Range, ...]]:
        left = {id(array) for array in self.device.spares.get(self.name, _none)(arguments)}
        pairs = [(p, a) for p, a in zip(self.parameters, arguments, strict=False) if p.pointer and a is not None]
        pairs = [(p, array) for p, array in pairs if id(array) not in left]
        behind = [piece for p, array in pairs if p.kind not in DTYPES for piece in self._pointed_at(array)]
        reads = [span(array) for _, array in pairs]
        writes = [span(array) for p, array in pairs if not p.constant]
        return f"kernel {self.name!r}", (*reads, *behind), (*writes, *behind)

    def _pointed_at(self, table: Any) -> list[Range]:
        words = np.frombuffer(table.tobytes(), np.uint64) if table.nbytes % 8 == 0 else np.empty(0, np.uint64)
        known = self.device.allocated
        return [piece for piece in known if bool(((words >= piece[0]) & (words < piece[1])).any())]


class RecordedEvent(Event):
    """Notes what an event orders."""

    def __init__(self, device: RecordingDevice, inner: Event) -> None:
        self.device, self.inner = device, inner
        self.mark: dict[str, int] = {}

    def record(self) -> None:
        self.device.log.append("record")
        self.mark = self.device.watch.mark(self.device.current.name)
        self.inner.record()

    def wait(self) -> None:
        self.device.log.append("wait")
        self.device.watch.wait(self.device.current.name, self.mark)
        self.inner.wait()

    def finish(self) -> None:
        self.device.log.append("finish")
        self.device.watch.wait(HOST, self.mark)
        self.inner.finish()


class RecordedGraph(Graph):
    """Notes everything in the graph each time it is launched."""

    def __init__(self, device: RecordingDevice, noted: Sequence[Noted], inner: Graph) -> None:
        self.device, self.noted, self.inner = device, tuple(noted), inner

    def launch(self) -> None:
        self.device.log.append("launch")
        self.device.replay(self.noted)
        self.inner.launch()


def _none(arguments: Sequence[Any]) -> Sequence[Array]:
    return ()


def span(array: Any) -> Range:
    """The addresses of a contiguous array."""
    start = int(array.__array_interface__["data"][0])
    return start, start + int(array.nbytes)
