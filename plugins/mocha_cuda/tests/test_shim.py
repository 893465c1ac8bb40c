"""The C++ that stands in for a GPU: threads, lanes, barriers, shared memory; and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_cuda.errors import KernelError
from mocha_cuda.simulation import SimulatedDevice

THREADS = 70
X = np.random.default_rng(1).standard_normal(THREADS).astype(np.float32)
WARPS = [slice(0, 32), slice(32, 64), slice(64, 70)]


@pytest.fixture
def run(simulated: Callable[..., SimulatedDevice], kernels: Path) -> Callable[..., np.ndarray[Any, Any]]:
    """Runs a kernel of lanes.cu on `X`."""
    device = simulated()

    def call(name: str, dtype: str = "float32", *more: int, shared: int = 0) -> np.ndarray[Any, Any]:
        x, y = device.empty((THREADS,), "float32"), device.empty((THREADS,), dtype)
        device.upload(x, X)
        device.function(kernels / "lanes.cu", name)(1, THREADS, x, y, *more, shared=shared)
        return device.download(y)

    return call


def test_values_of_other_lanes(run: Callable[..., Any]):
    """Lanes beyond the edge keep their own; those that do not exist give nothing, which is NaN here."""
    for name, offset in (("down", 3), ("up", -3)):
        y = run(name)
        for warp in WARPS[:2]:
            lanes = np.arange(32)
            other = lanes + offset
            inside = (other >= 0) & (other < 32)
            assert np.array_equal(y[warp], np.where(inside, X[warp][other % 32], X[warp]))
    assert np.isnan(run("down")[67:]).all()
    assert np.array_equal(run("across")[:64], X[np.arange(64) ^ 5])
    assert np.array_equal(run("from_lane")[:64], X[np.arange(64) // 8 * 8 + 2])


def test_votes(run: Callable[..., Any]):
    y = run("ballots", "int32")
    for warp in WARPS:
        x = X[warp]
        assert (y[warp] == (x > 0).sum() + 100 * (x > 2).any() + 1000 * (x > -9).all()).all()
    x = X
    assert (run("counted", "int32") == (x > 0).sum() + 100 * (x > 2).any() + 1000 * (x > -9).all()).all()


def test_halves_of_a_warp_meet_by_themselves(run: Callable[..., Any]):
    y = run("halves")
    for start in range(0, 64, 16):
        assert np.allclose(y[start : start + 16], X[start : start + 16].sum(), rtol=1e-6)


def test_dynamic_shared_memory_and_barriers(run: Callable[..., Any]):
    assert np.array_equal(run("turned", "float32", THREADS, shared=4 * THREADS), X[::-1])


def test_atomics(simulated: Callable[..., SimulatedDevice], kernels: Path):
    device = simulated()
    counts, total, x = device.empty((3,), "int32"), device.empty((1,), "float32"), device.empty((THREADS,), "float32")
    for array in (counts, total):
        device.fill_zero(array)
    device.upload(x, np.ones(THREADS, np.float32))
    device.function(kernels / "lanes.cu", "atomics")(2, THREADS, counts, total, x)
    assert device.download(counts).tolist() == [2 * THREADS, THREADS - 1, 1]
    assert device.download(total)[0] == 2 * THREADS


def test_every_thread_runs_once(simulated: Callable[..., SimulatedDevice], kernels: Path):
    device = simulated()
    y = device.empty((2 * 3 * 4 * 5 * 6 * 7,), "int32")
    device.fill_zero(y)
    device.function(kernels / "lanes.cu", "places")((2, 3, 4), (5, 6, 7), y)
    assert (device.download(y) == 1).all()


MISTAKES = {
    "some_leave_before_a_barrier": "58 of 64 have left the kernel, 6 wait at the barrier in line 5",
    "two_barriers": "threads of one block wait at different barriers",
    "lanes_that_left": "wait at a barrier or for lanes of their warp that never come: 48 of 64",
    "not_in_its_mask": "a lane is not in its own mask",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_told(simulated: Callable[..., SimulatedDevice], kernels: Path, name: str):
    """And the next launch works."""
    device = simulated()
    y = device.empty((64,), "float32")
    with pytest.raises(KernelError, match=f"kernel '{name}': .*{MISTAKES[name]}"):
        device.function(kernels / "wrong.cu", name)(2, 64, y)
    device.function(kernels / "probe.cu", "size")(1, 64, y)
    assert device.download(y)[0] == 2


def test_shared_memory_begins_with_nothing_of_use(simulated: Callable[..., SimulatedDevice], kernels: Path):
    device = simulated()
    y = device.empty((64,), "float32")
    device.fill_zero(y)
    device.function(kernels / "wrong.cu", "no_first_value")(2, 64, y)
    assert np.isnan(device.download(y)).all()


def test_a_missing_barrier_shows_in_one_order_or_the_other(simulated: Callable[..., SimulatedDevice], kernels: Path):
    wrong = {}
    for late in (False, True):
        device = simulated(late=late)
        for name in ("no_barrier_after_the_first", "no_barrier_before_the_last"):
            y = device.empty((64,), "float32")
            device.function(kernels / "wrong.cu", name)(1, 64, y)
            wrong[name, late] = bool(np.isnan(device.download(y)).any())
    assert wrong == {
        ("no_barrier_after_the_first", False): False,
        ("no_barrier_after_the_first", True): True,
        ("no_barrier_before_the_last", False): True,
        ("no_barrier_before_the_last", True): False,
    }


def test_arguments_are_checked(simulated: Callable[..., SimulatedDevice], kernels: Path):
    device = simulated()
    floats, doubles, ints = (device.empty((4,), dtype) for dtype in ("float32", "float64", "int32"))
    good = [floats, doubles, ints, 3, 0.5]
    function = device.function(kernels / "wrong.cu", "takes_all_kinds")
    function(1, 1, *good)
    function(1, 1, None, None, None, 3, 0.5)
    wrong = {
        0: (doubles, r"takes 'float\* x', not array of float64"),
        1: (floats, r"takes 'double\* y', not array of float32"),
        2: (floats[::2], r"takes 'int\* k', not array of float32 that is not contiguous"),
        3: (0.5, "takes 'long long n', not float"),
        4: (1, "takes 'float a', not int"),
    }
    for place, (value, text) in wrong.items():
        with pytest.raises(KernelError, match=text):
            function(1, 1, *(value if k == place else each for k, each in enumerate(good)))
    frozen = device.empty((4,), "float64")
    frozen.flags.writeable = False
    with pytest.raises(KernelError, match="'y' is written, and the array is read-only"):
        function(1, 1, floats, frozen, ints, 3, 0.5)


@pytest.mark.parametrize(
    ("grid", "block", "shared"),
    [(0, 1, 0), (1, 0, 0), (1, 1025, 0), (1, (32, 33, 1), 0), (1, (1, 1, 65), 0), ((1, 65536), 1, 0), (1, 1, 49153)],
)
def test_limits_of_cuda_hold(
    simulated: Callable[..., SimulatedDevice], kernels: Path, grid: Any, block: Any, shared: int
):
    device = simulated()
    with pytest.raises(KernelError, match=r"kernel 'size': (CUDA has no grid|.*bytes of shared memory)"):
        device.function(kernels / "probe.cu", "size")(grid, block, device.empty((1,), "float32"), shared=shared)
