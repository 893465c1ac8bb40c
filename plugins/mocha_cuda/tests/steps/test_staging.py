"""Batches that travel ahead arrive whole, in order, in the right run, however late the device is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from mocha_core import Blob, BlobSpec
from mocha_core.data.feed import Feed
from mocha_core.data.source import Source
from mocha_core.steps import MemoryStep
from mocha_cuda import CudaBackend
from mocha_cuda.simulation import SimulatedDevice

RUNS = 7


@pytest.fixture(params=[False, True], ids=["at once", "late"])
def backend(request: pytest.FixtureRequest) -> Iterator[CudaBackend]:
    with CudaBackend(device=SimulatedDevice(late=request.param)) as backend:
        yield backend


class Counted(Source):
    """Batch n is full of n, in every top."""

    prefetch = True

    def __init__(self, shapes: tuple[tuple[int, ...], ...]) -> None:
        self.shapes, self.position = shapes, 0

    def fill(self, out: tuple[np.ndarray, ...]) -> None:
        for array in out:
            array[...] = np.nan
            array[...] = self.position
        self.position += 1

    @property
    def epoch(self) -> int:
        return 0

    def state(self) -> dict[str, int]:
        return {"position": self.position}

    def restore(self, state: dict[str, int]) -> None:
        self.position = state["position"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shapes", [((4, 3),), ((5, 7), (5, 1), (5, 3, 3), (5, 2), (5, 1, 1))], ids=["one", "five"])
def test_every_run_sees_its_batch(backend: CudaBackend, shapes: tuple[tuple[int, ...], ...], dtype: str) -> None:
    blobs = [Blob(backend, BlobSpec(s, dtype), backend.empty(BlobSpec(s, dtype)), "data") for s in shapes]
    seen = [[backend.empty(blob.spec) for blob in blobs] for _ in range(RUNS)]
    feed = Feed(Counted(shapes), dtype, backend.empty_host)
    step = backend.feeding(blobs, lambda: feed.last)
    other = backend.empty(BlobSpec((1,)))
    run = backend.compile([step, MemoryStep(backend.zero, (other,))])
    for copies in seen:
        step.release()
        feed.fetch()
        run()
        for blob, copy in zip(blobs, copies, strict=True):
            backend.device.copy(copy, blob.array)
    feed.close()
    for number, copies in enumerate(seen):
        for copy in copies:
            assert set(backend.to_host(copy).ravel().tolist()) == {float(number)}


def test_nothing_is_made_for_a_net_that_is_not_fed(backend: CudaBackend) -> None:
    spec = BlobSpec((3, 2))
    step = backend.feeding([Blob(backend, spec, backend.empty(spec), "data")], lambda: ())
    assert step.halves == ([], [])
