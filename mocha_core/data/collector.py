"""Where a net's results go: the contract of what a layer's `open_collector()` returns."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .source import HostArray


class Collector(ABC):
    """Takes blobs of a net on the host, once for each forward; owned by one net."""

    @abstractmethod
    def take(self, arrays: tuple[HostArray, ...]) -> None:
        """The blobs of one forward, the batch axis first; the collector may keep the arrays."""

    def close(self) -> None:  # noqa: B027 (most collectors hold nothing)
        """Finish what is open. Calling it twice is fine."""


class MemoryCollector(Collector):
    """Keeps everything.

    >>> import numpy as np
    >>> collector = MemoryCollector()
    >>> collector.take((np.zeros((2, 3)),))
    >>> len(collector.forwards)
    1
    """

    def __init__(self) -> None:
        self.forwards: list[tuple[HostArray, ...]] = []

    def take(self, arrays: tuple[HostArray, ...]) -> None:
        self.forwards.append(arrays)
