"""From the net's memory to its collectors, after each forward."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..blob import Blob
from ..data.collector import Collector, MemoryCollector
from ..data.source import HostArray
from ..errors import BlobAccessError, suggest
from ..layer import Layer


@dataclass(frozen=True, slots=True)
class Collecting:
    """One layer that hands its bottoms to the host."""

    layer: Layer
    collector: Collector
    blobs: tuple[Blob, ...]


class Collectors:
    """All of one net. The blobs they read are kept to the end of a forward, so that nothing interrupts it."""

    def __init__(self, members: Sequence[Collecting]) -> None:
        self.members = tuple(members)

    def take(self) -> None:
        """Copy the blobs of the forward that just ran."""
        for member in self.members:
            member.collector.take(tuple(blob.to_array() for blob in member.blobs))

    def outputs(self, name: str, bottom: int) -> list[HostArray]:
        """What the memory output layer of that name was given at that bottom, one array per forward."""
        found = self._memories()
        if name not in found:
            raise BlobAccessError(f"the net has no MemoryOutputLayer {name!r}{suggest(name, found)}")
        return [arrays[bottom] for arrays in found[name].forwards]

    def reset(self) -> None:
        """Forget what memory output layers were given."""
        for collector in self._memories().values():
            collector.forwards.clear()

    def close(self) -> None:
        """Finish files; an error in one does not spare the others."""
        with contextlib.ExitStack() as farewell:
            for member in reversed(self.members):
                farewell.callback(member.collector.close)

    def _memories(self) -> dict[str, MemoryCollector]:
        return {m.layer.name: m.collector for m in self.members if isinstance(m.collector, MemoryCollector)}
