"""Counters: sums of what a blob holds after each forward, kept where the backend likes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from .blob import Blob

if TYPE_CHECKING:
    from .backend import Backend

Numbers = np.ndarray[Any, Any] | float


class Counter(ABC):
    """Adds up a blob's values, each times the items it stands for: a number, or a blob of them.

    It is a step of a program: a call counts the forward that just ran. `read` waits for all calls before it.
    """

    @abstractmethod
    def __call__(self) -> None:
        """Count what the blob holds now."""

    @abstractmethod
    def read(self) -> tuple[Numbers, Numbers]:
        """The sum of values times items, and of items, in float64: numbers, or arrays of the blob's shape."""

    @abstractmethod
    def join(self, total: Numbers, items: Numbers) -> None:
        """Count what another counter has read, too."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything counted so far."""


class HostCounter(Counter):
    """Reads the blob at each call and adds on the host.

    >>> from mocha_core.testing.backends import ReferenceBackend
    >>> from mocha_core import Blob, BlobSpec
    >>> backend = ReferenceBackend()
    >>> blob = Blob(backend, BlobSpec(()), backend.empty(BlobSpec(())), "loss")
    >>> blob.fill(0.5)
    >>> counter = HostCounter(backend, blob, 64)
    >>> counter()
    >>> counter.read()
    (32.0, 64)
    """

    def __init__(self, backend: Backend, blob: Blob, items: int | Blob) -> None:
        self.backend, self.blob, self.items = backend, blob, items
        self.total: Numbers = 0.0
        self.counted: Numbers = 0

    def __call__(self) -> None:
        if isinstance(self.items, Blob):
            items = self.backend.to_host(self.items.array).astype(np.float64)
            self.join(self.backend.to_host(self.blob.array) * items, items)
        else:
            self.join(self.backend.scalar(self.blob.array) * self.items, self.items)

    def read(self) -> tuple[Numbers, Numbers]:
        return self.total, self.counted

    def join(self, total: Numbers, items: Numbers) -> None:
        self.total, self.counted = self.total + total, self.counted + items

    def reset(self) -> None:
        self.total, self.counted = 0.0, 0
