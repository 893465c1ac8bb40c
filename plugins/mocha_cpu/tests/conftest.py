"""Fixtures for the tests of this backend."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from mocha_cpu import CpuBackend

Peak = Callable[[Callable[[], object]], int]


@pytest.fixture
def backend() -> Iterator[CpuBackend]:
    with CpuBackend() as opened:
        yield opened


@pytest.fixture(scope="session")
def peak() -> Peak:
    """How many bytes a call allocates at most, once it has run before."""

    def measure(call: Callable[[], object]) -> int:
        call()
        tracemalloc.start()
        call()
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    return measure
