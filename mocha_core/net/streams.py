"""The random numbers of one net: where each stream stood before the last forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..random import Stream


class Streams:
    """All streams that a net's layers draw from."""

    def __init__(self, streams: Iterable[Stream]) -> None:
        self.streams = tuple(streams)
        self._before = [0] * len(self.streams)

    def mark(self) -> None:
        """A forward begins."""
        self._before = [stream.calls for stream in self.streams]

    def rewind(self) -> None:
        """Make the next draws those of the last forward again."""
        for stream, calls in zip(self.streams, self._before, strict=True):
            stream.calls = calls

    def state(self) -> dict[str, int]:
        """By stream, how often it had been called before the last forward."""
        calls = zip(self.streams, self._before, strict=True)
        return {f"{stream.layer}/{stream.purpose}": before for stream, before in calls}

    def now(self) -> dict[str, int]:
        """By stream, how often it has been called, the last forward included."""
        return {f"{stream.layer}/{stream.purpose}": stream.calls for stream in self.streams}

    def restore(self, state: Mapping[str, int]) -> None:
        """Make the next forward draw what the forward at `state` drew; streams not named there stay."""
        for stream in self.streams:
            stream.calls = int(state.get(f"{stream.layer}/{stream.purpose}", stream.calls))
