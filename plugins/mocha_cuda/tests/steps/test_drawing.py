"""Random numbers on the device are those of the host, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Blob, BlobSpec
from mocha_core.random import Stream
from mocha_cuda import CudaBackend
from mocha_cuda.simulation import SimulatedDevice

SIZES = (1, 3, 4, 5, 1023, 4 * 256 * 64 + 3)
"""Parts of a block of four, one block of threads, and more than the grid takes in one round."""


def blob(backend: CudaBackend, size: int, dtype: str) -> Blob:
    spec = BlobSpec((size,), dtype)
    return Blob(backend, spec, backend.empty(spec), "draw")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", SIZES)
def test_numbers_are_the_streams(size: int, dtype: str) -> None:
    with CudaBackend(device=SimulatedDevice()) as backend:
        mine, theirs = Stream(11, "drop", "draw/0"), Stream(11, "drop", "draw/0")
        target = blob(backend, size, dtype)
        run = backend.compile([backend.drawing(mine, target)])
        for _ in range(3):
            run()
            assert target.to_array().tobytes() == theirs.uniform((size,), dtype).tobytes()
        backend.draw(mine, target)
        assert target.to_array().tobytes() == theirs.uniform((size,), dtype).tobytes()
        assert mine.calls == theirs.calls == 4


@pytest.mark.parametrize("calls", [2**32 - 1, 2**32, 2**40 + 7])
def test_long_trainings_go_on_where_32_bits_end(calls: int) -> None:
    with CudaBackend(device=SimulatedDevice()) as backend:
        mine, theirs = (Stream(1, "drop", "draw/0", calls) for _ in range(2))
        target = blob(backend, 9, "float32")
        for draw in (backend.compile([backend.drawing(mine, target)]), lambda: backend.draw(mine, target)):
            draw()
            assert target.to_array().tobytes() == theirs.uniform((9,), "float32").tobytes()


def test_every_bit_of_the_key_counts() -> None:
    with CudaBackend(device=SimulatedDevice()) as backend:
        target = blob(backend, 64, "float32")
        found = set()
        for seed in range(8):
            backend.draw(Stream(seed, "drop", "draw/0"), target)
            values = target.to_array()
            assert np.all((values > 0) & (values < 1))
            found.add(values.tobytes())
        assert len(found) == 8
