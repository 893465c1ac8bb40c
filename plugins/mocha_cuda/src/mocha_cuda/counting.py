"""Statistics that stay on the device until somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocha_core.blob import Array, Blob
from mocha_core.counting import Counter, Numbers

from .recordable import Recordable

if TYPE_CHECKING:
    from .backend import CudaBackend

COUNTS = {"float32": "count_float", "float64": "count_double"}
"""Entry points of `counting.cu`."""

THREADS = 128


class DeviceCounter(Counter, Recordable):
    """Two sums in float64 for each value of the blob, made by a launch a forward; `read` waits for the device."""

    def __init__(self, backend: CudaBackend, blob: Blob, items: int | Blob) -> None:
        self.device, self.blob = backend.device, blob
        self.items: Array | None = items.array if isinstance(items, Blob) else None
        self.each = 0 if isinstance(items, Blob) else items
        self.joined: tuple[Numbers, Numbers] = (0.0, 0.0)
        self.sums = self.device.empty((2, *blob.shape), "float64")
        self.device.fill_zero(self.sums)

    def __call__(self) -> None:
        count = self.device.function("counting", COUNTS[self.blob.dtype])
        size = self.blob.spec.size
        blocks = max(1, min(-(-size // THREADS), self.device.multiprocessors))
        count(blocks, THREADS, self.sums, self.blob.array, self.items, self.each, size)

    def read(self) -> tuple[Numbers, Numbers]:
        total, counted = self.device.download(self.sums)
        return total + self.joined[0], counted + self.joined[1]

    def join(self, total: Numbers, items: Numbers) -> None:
        self.joined = self.joined[0] + total, self.joined[1] + items

    def reset(self) -> None:
        self.joined = 0.0, 0.0
        self.device.fill_zero(self.sums)
