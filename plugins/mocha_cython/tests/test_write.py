"""Copies of batches from the host: large ones by the team, each thread the images that it computes with."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_cython import CythonBackend
from mocha_cython._elementwise import copy_to
from mocha_cython.backend import BATCH

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("shape", [(), (1,), (2, 5), (5, 3, 7), (3, 50001), (0, 4)])
def test_every_number_is_copied(shape: tuple[int, ...], threads: int) -> None:
    source, target = RNG.normal(size=shape).astype(np.float32), np.full(shape, np.nan, np.float32)
    source.flags.writeable = False
    copy_to(threads, target, source)
    np.testing.assert_array_equal(target, source)


def test_what_does_not_fit_is_refused() -> None:
    one = np.zeros((4, 3), np.float32)
    with pytest.raises(ValueError, match="copy of an array"):
        copy_to(2, one, np.zeros((3, 4), np.float32))
    with pytest.raises(ValueError, match="gaps"):
        copy_to(2, one, np.zeros((3, 4), np.float32).T)


@pytest.mark.parametrize("size", [7, BATCH // 100 + 1])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_backend_writes_whatever_lies_however(size: int, dtype: str, order: str) -> None:
    source = np.asarray(RNG.normal(size=(100, size)), dtype, order)  # type: ignore[call-overload]
    target = np.empty((100, size), dtype)
    with CythonBackend(threads=2) as backend:
        backend.write(target, source)
    np.testing.assert_array_equal(target, source)


def test_a_large_batch_is_copied_and_a_number_spread() -> None:
    target = np.zeros((4, BATCH), np.float32)
    with CythonBackend(threads=2) as backend:
        backend.write(target, np.float32(2.5) * np.ones((1, BATCH), np.float32))
    assert (target == 2.5).all()
