"""The same on a GPU, where there is one."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import SGD, Adam, Blob, BlobSpec
from mocha_core.random import Stream
from mocha_core.solvers import SolverMethod
from mocha_core.testing.backends import ReferenceBackend
from mocha_cuda import CudaBackend

from .test_training import bits, trajectory

WHY_NOT = CudaBackend.unusable()

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))]


@pytest.mark.parametrize("method", [SGD(), Adam()], ids=str)
def test_graphs_change_no_bit(method: SolverMethod) -> None:
    one, other = (bits(trajectory(CudaBackend(graphs=graphs, seed=6), method)) for graphs in (True, False))
    assert one == other


@pytest.mark.parametrize("method", [SGD(), Adam()], ids=str)
def test_the_reference_trains_likewise(method: SolverMethod) -> None:
    mine = trajectory(CudaBackend(seed=6), method)
    truth = trajectory(ReferenceBackend(seed=6), method, "float64")
    for name, value in truth[-1].items():
        way = max(np.abs(value - truth[0][name]).max(), 1e-2)
        assert np.abs(mine[-1][name] - value).max() <= 1e-2 * way, name


def test_random_numbers_are_the_hosts() -> None:
    with CudaBackend() as backend:
        blob = Blob(backend, BlobSpec((100_003,)), backend.empty(BlobSpec((100_003,))), "draw")
        mine, theirs = Stream(5, "drop", "draw/0"), Stream(5, "drop", "draw/0")
        for run in (backend.compile([backend.drawing(mine, blob)]), lambda: backend.draw(mine, blob)):
            run()
            assert blob.to_array().tobytes() == theirs.uniform((100_003,), "float32").tobytes()
