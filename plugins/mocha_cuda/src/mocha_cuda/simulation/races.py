"""Finds work on different streams that touches the same memory in no fixed order, by vector clocks.

Source: Lamport, "Time, clocks, and the ordering of events in a distributed system", 1978; Mattern, "Virtual time and
global states of distributed systems", 1989. Streams and the host are the processes, events their messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

HOST = "host"

Clock = dict[str, int]
"""For each stream, how many of its operations came before."""

Range = tuple[int, int]
"""Addresses, the second one not included."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Work on a stream. number: its place on that stream.   clock: what came before it."""

    what: str
    stream: str
    reads: tuple[Range, ...]
    writes: tuple[Range, ...]
    number: int
    clock: Clock = field(compare=False, hash=False)

    def before(self, other: Operation) -> bool:
        """Whether `other` begins only when this is done."""
        return other.clock.get(self.stream, 0) >= self.number

    def shared(self, other: Operation) -> int:
        """Bytes that both touch and at least one of them writes."""
        pairs = [(w, r) for w in self.writes for r in (*other.reads, *other.writes)]
        pairs += [(r, w) for r in self.reads for w in other.writes]
        return max((min(a[1], b[1]) - max(a[0], b[0]) for a, b in pairs), default=0)


@dataclass(frozen=True, slots=True)
class Race:
    """Two operations whose order is chance."""

    first: Operation
    second: Operation

    def __str__(self) -> str:
        a, b = self.first, self.second
        return (
            f"{a.what} on stream {a.stream!r} and {b.what} on stream {b.stream!r} touch the same "
            f"{a.shared(b)} bytes, and neither waits for the other"
        )


class Watch:
    """Is told of every operation and every wait, in the order in which the host asks for them.

    >>> watch = Watch()
    >>> watch.work("copying", "upload", writes=[(0, 64)])
    >>> watch.work("main", "kernel", reads=[(32, 96)])
    >>> print(watch.races[0])
    upload on stream 'copying' and kernel on stream 'main' touch the same 32 bytes, and neither waits for the other
    """

    def __init__(self) -> None:
        self.clocks: dict[str, Clock] = {HOST: {}}
        self.operations: list[Operation] = []
        self.races: list[Race] = []

    def work(self, stream: str, what: str, reads: Sequence[Range] = (), writes: Sequence[Range] = ()) -> None:
        """Something is put on a stream: after what is on it, and after all that the host has waited for."""
        clock = self.clocks.setdefault(stream, {})
        join(clock, self.clocks[HOST])
        number = clock.get(stream, 0) + 1
        mine = Operation(what, stream, tuple(reads), tuple(writes), number, dict(clock))
        others = (op for op in self.operations if op.stream != stream and not op.before(mine))
        self.races += [Race(other, mine) for other in others if other.shared(mine) > 0]
        clock[stream] = number
        self.operations.append(mine)

    def mark(self, stream: str) -> Clock:
        """What an event knows that is recorded now."""
        clock = dict(self.clocks.setdefault(stream, {}))
        join(clock, self.clocks[HOST])
        return clock

    def wait(self, stream: str, mark: Clock) -> None:
        """A stream (or the host) goes on only when the marked event has been reached."""
        join(self.clocks.setdefault(stream, {}), mark)
        if stream == HOST:
            self.operations = [op for op in self.operations if self.clocks[HOST].get(op.stream, 0) < op.number]


def join(clock: Clock, other: Clock) -> None:
    """Let `clock` know what `other` knows."""
    for stream, number in other.items():
        clock[stream] = max(clock.get(stream, 0), number)
