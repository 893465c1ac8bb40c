"""The compiled random numbers are those of the core, bit for bit; dropout keeps what they say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mocha_core.random import Stream
from mocha_core.testing import grid
from mocha_cython._levels import best
from mocha_cython._random import Dropout, fill_uniform

at_all = pytest.mark.parametrize(("level", "threads"), [*itertools.product(range(best() + 1), (1, 2, 3))])
SIZES = (1, 2, 3, 4, 5, 7, 8, 15, 31, 32, 33, 63, 1000, 8192, 8193, 40001)
CALLS = (0, 1, 2**32 - 1, 2**32, 2**40 + 3)


@at_all
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_are_those_of_the_core(level: int, threads: int, dtype: str) -> None:
    for size, call in zip(SIZES, itertools.cycle(CALLS), strict=False):
        stream = Stream(7, "drop", f"mask{size}", calls=call)
        key = stream.key
        around = np.full(size + 2, np.nan, dtype)
        fill_uniform(level, threads, key, call, around[1:-1])
        assert np.array_equal(around[1:-1], stream.uniform((size,), dtype)), (size, call)
        assert np.isnan(around[[0, -1]]).all()


@at_all
def test_calls_differ(level: int, threads: int) -> None:
    drawn = np.empty((len(CALLS), 100), "float32")
    for row, call in zip(drawn, CALLS, strict=True):
        fill_uniform(level, threads, (1, 2), call, row)
    assert len(np.unique(drawn[:, 0])) == len(CALLS)
    assert ((drawn > 0) & (drawn < 1)).all()


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="mismatch"):
        fill_uniform(0, 1, (1, 2), 0, np.zeros(3, "int32"))
    with pytest.raises(ValueError, match="contiguous"):
        fill_uniform(0, 1, (1, 2), 0, np.zeros((3, 3), "float32")[:, 1])


@at_all
@pytest.mark.parametrize("size", [1, 3, 16, 17, 33, 1000, 40001])
@pytest.mark.parametrize("in_place", [False, True])
def test_dropout(level: int, threads: int, size: int, in_place: bool) -> None:
    ratio, scale = 0.3, 1 / 0.7
    x, dy = grid((size,), 0).astype("float32"), grid((size,), 1).astype("float32")
    draws = np.empty(size, "float32")
    fill_uniform(level, threads, (3, 4), 5, draws)
    draws[size // 2] = np.float32(ratio)  # not above the ratio: dropped
    mask = np.float32(scale) * (draws > np.float32(ratio))
    kept = np.full(size + 2, 77, "uint8")
    y, dx = (x.copy(), dy.copy()) if in_place else (np.full(size, np.nan, "float32") for _ in range(2))
    ahead = Dropout(level, threads, ratio, scale, draws, kept[1:-1], y if in_place else x, y)
    back = Dropout(level, threads, ratio, scale, None, kept[1:-1], dx if in_place else dy, dx)
    ahead.forward()
    draws.fill(np.nan)
    back.backward()
    assert np.array_equal(y, mask * x)
    assert np.array_equal(dx, mask * dy)
    assert kept[0] == kept[-1] == 77


def test_dropping_passes_nan_on() -> None:
    draws, y = np.array([0.1, 0.9, 0.1], "float32"), np.array([np.nan, np.nan, np.inf], "float32")
    Dropout(best(), 1, 0.5, 2.0, draws, np.zeros(3, "uint8"), y, y).forward()
    assert np.isnan(y).all()


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="dropout of arrays of 4 and 3 elements"):
        Dropout(0, 1, 0.5, 2.0, np.zeros(4, "float32"), np.zeros(3, "uint8"), *np.zeros((2, 3), "float32"))
