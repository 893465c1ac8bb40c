"""Statistics on the device are those of the host, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Blob, BlobSpec
from mocha_core.counting import Counter, HostCounter
from mocha_cuda import CudaBackend
from mocha_cuda.simulation import SimulatedDevice


class Asked(SimulatedDevice):
    """Knows how often the host waited for a result."""

    downloads = 0

    def download(self, source: object) -> np.ndarray:
        self.downloads += 1
        return super().download(source)


def blob(backend: CudaBackend, shape: tuple[int, ...], dtype: str) -> Blob:
    spec = BlobSpec(shape, dtype)
    return Blob(backend, spec, backend.empty(spec), "loss")


def run(counter: Counter, values: Blob, items: Blob | int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    for _ in range(5):
        values.set(rng.normal(size=values.shape))
        if isinstance(items, Blob):
            items.set(rng.integers(0, 9, items.shape).astype(float))
        counter()
    return [np.broadcast_to(np.asarray(sums, np.float64), values.shape) for sums in counter.read()]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("shape", "weighted"), [((), False), ((1,), False), ((), True), ((3, 5), True), ((700,), True)], ids=str
)
def test_sums_are_the_hosts(shape: tuple[int, ...], weighted: bool, dtype: str) -> None:
    found = []
    with CudaBackend(device=Asked()) as backend:
        for make in (backend.counter, lambda values, items: HostCounter(backend, values, items)):
            values = blob(backend, shape, dtype)
            items = blob(backend, shape, dtype) if weighted else 64
            found.append(run(make(values, items), values, items))
    for one, other in zip(*found, strict=True):
        assert one.tobytes() == other.tobytes()


def test_only_reading_waits() -> None:
    with CudaBackend(device=Asked()) as backend:
        values = blob(backend, (), "float32")
        counter = backend.counter(values, 4)
        values.fill(0.5)
        before = backend.device.downloads
        counter()
        counter.reset()
        counter()
        counter.join(10.0, 5)
        assert backend.device.downloads == before
        assert [float(np.sum(part)) for part in counter.read()] == [12.0, 9.0]
        counter.reset()
        assert [float(np.sum(part)) for part in counter.read()] == [0.0, 0.0]
