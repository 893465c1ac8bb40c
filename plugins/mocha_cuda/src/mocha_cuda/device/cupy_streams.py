"""Streams, events and graphs of CuPy under the names of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .device import Event, Graph, Stream

if TYPE_CHECKING:
    from .cupy_device import CupyDevice


class CupyStream(Stream):
    """A stream of one GPU. It waits for CuPy's default stream and that one for it, so a user's own calls are safe."""

    def __init__(self, cupy: Any, name: str) -> None:
        self.name = name
        self.stream = cupy.cuda.Stream()


class CupyEvent(Event):
    """A mark in a stream, without a time."""

    def __init__(self, device: CupyDevice) -> None:
        self.device = device
        with device.calling_xp():
            self.event = device.xp.cuda.Event(disable_timing=True)

    def record(self) -> None:
        with self.device.calling_xp():
            self.event.record(self.device.current.stream)

    def wait(self) -> None:
        with self.device.calling_xp():
            self.device.current.stream.wait_event(self.event)

    def finish(self) -> None:
        with self.device.calling_xp():
            self.event.synchronize()


class CupyGraph(Graph):
    """A captured and instantiated CUDA graph."""

    def __init__(self, device: CupyDevice, graph: Any) -> None:
        self.device, self.graph = device, graph

    def launch(self) -> None:
        with self.device.calling_xp():
            self.graph.launch(self.device.current.stream)
