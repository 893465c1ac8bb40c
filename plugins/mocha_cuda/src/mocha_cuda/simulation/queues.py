"""Streams and events of the simulation: queues of calls, worked off at once or as late as the order allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..device.device import Event, Graph, Stream

Call = Callable[[], None]


class SimulatedStream(Stream):
    """A queue. done: how many of its calls have been made, of the `asked` ones."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: deque[Call] = deque()
        self.asked = self.done = 0

    def work_off(self, upto: int) -> None:
        """Make calls until the first `upto` ever asked for are done."""
        while self.done < upto and self.calls:
            call = self.calls.popleft()
            call()
            self.done += 1


class Queues:
    """The streams of one device.

    late: nothing happens before somebody waits for it, and then only that and what it depends on. A program that
    forgets to wait then computes with old or half-written memory every time, and not just now and then.
    """

    def __init__(self, late: bool) -> None:
        self.late = self.backwards = late
        self.main, self.copying = SimulatedStream("main"), SimulatedStream("copying")
        self.current = self.main
        self.recorded: list[Call] | None = None

    def ask(self, call: Call) -> None:
        """Put a call on the current stream, or into the graph that is being recorded."""
        if self.recorded is not None:
            self.recorded.append(call)
            return
        self.current.asked += 1
        self.current.calls.append(call)
        if not self.late:
            self.current.work_off(self.current.asked)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside, the current stream is never behind."""
        self.finish(self.current)
        before, self.late = self.late, False
        try:
            yield
        finally:
            self.late = before

    def finish(self, *streams: SimulatedStream) -> None:
        for stream in streams:
            stream.work_off(stream.asked)

    @contextmanager
    def on(self, stream: Stream) -> Iterator[None]:
        if not isinstance(stream, SimulatedStream):
            raise TypeError(f"{stream!r} is no stream of this device")
        before, self.current = self.current, stream
        try:
            yield
        finally:
            self.current = before


class SimulatedEvent(Event):
    """A stream and how much of it must be done."""

    def __init__(self, queues: Queues) -> None:
        self.queues = queues
        self.stream, self.upto = queues.main, 0

    def record(self) -> None:
        self.stream, self.upto = self.queues.current, self.queues.current.asked

    def wait(self) -> None:
        stream, upto = self.stream, self.upto
        self.queues.ask(lambda: stream.work_off(upto))

    def finish(self) -> None:
        self.stream.work_off(self.upto)


class SimulatedGraph(Graph):
    """The calls that were recorded, made again in their order."""

    def __init__(self, queues: Queues, calls: list[Call]) -> None:
        self.queues, self.calls = queues, tuple(calls)

    def launch(self) -> None:
        self.queues.ask(self._run)

    def _run(self) -> None:
        for call in self.calls:
            call()
