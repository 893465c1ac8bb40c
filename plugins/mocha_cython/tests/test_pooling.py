"""Compiled pooling is the layer's own mathematics at every level, for any number of threads and channels."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import NeuronLayer, Neurons, Pooling, PoolingLayer
from mocha_core.channels_last import ChannelsLast
from mocha_core.layer import Layer
from mocha_core.passes import Fused
from mocha_core.testing import Bottom, Case, ReferenceBackend, grid, tolerance
from mocha_core.testing.rig import Rig
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.pooling import Pooling as Compiled
from mocha_cython.machine import LEVELS

RELU = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["y"])
FLOOR = NeuronLayer(name="relu", neuron=Neurons.ReLU(0.25), bottoms=["y"])
CHANNELS = (1, 3, 5, 16, 17, 20, 33)
WINDOWS: list[dict[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2},
    {"kernel": 3, "stride": 1, "pad": 1},
    {"kernel": (3, 2), "stride": (2, 1), "pad": (2, 1)},
    {"kernel": (1, 2), "stride": (2, 3)},
    {"kernel": (5, 4), "stride": (1, 2), "pad": (3, 0)},
    {"kernel": (3, 2), "pad": (1, 0)},
    {"kernel": (5, 3), "pad": (2, 1)},
]
SIZES = ((2, 7), (7, 7), (13, 2), (6, 13), (5, 8), (13, 6), (5, 4), (6, 7))
NUMS = (1, 2, 5)
FUNCTIONS: list[dict[str, Any]] = [
    {"pooling": Pooling.Max()},
    {"pooling": Pooling.Mean()},
    {"pooling": Pooling.Mean(), "divisor": "window"},
]
levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
Values = dict[str, np.ndarray[Any, Any]]


def case(shape: tuple[int, ...], after: Layer | None = None, **options: Any) -> Case:
    pool = PoolingLayer(name="pool", bottoms=["x"], tops=["y"], **options)
    member = pool if after is None else Fused.of(pool, after)
    return Case(ChannelsLast.of(member), (Bottom(shape),))


def cases() -> list[Case]:
    """Every kind of window with every number of channels, and all functions, neurons and batches among them."""
    rest = itertools.cycle(itertools.product(FUNCTIONS, (None, RELU, None, FLOOR), NUMS))
    found = []
    for (options, size), channels in itertools.product(zip(WINDOWS, SIZES, strict=True), CHANNELS):
        for _ in range(3):
            function, after, num = next(rest)
            found.append(case((num, *size, channels), after, **options, **function))
    return found


def run(each: Case, isa: str, threads: int) -> Values:
    rig = Rig(each, CythonBackend(isa=isa, threads=threads), "float32")
    assert rig.choice.kernel is Compiled, rig.choice
    return rig.run(forget=True)


@levels
def test_every_window_function_and_channel(isa: str) -> None:
    for index, each in enumerate(cases()):
        want = Rig(each, ReferenceBackend(), "float64").run()
        got = run(each, isa, 1 + index % 3)
        for name, values in want.items():
            limit = tolerance("float32", 20, float(np.abs(values).max(initial=1)))
            np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {each}")


@levels
def test_a_window_as_large_as_the_image(isa: str) -> None:
    for options, channels in itertools.product((*FUNCTIONS,), (1, 5, 70)):
        each = case((2, 17, 16, channels), kernel=(17, 16), **options)
        want = Rig(each, ReferenceBackend(), "float64").run()
        got = run(each, isa, 2)
        for name, values in want.items():
            np.testing.assert_allclose(got[name], values, rtol=0, atol=tolerance("float32", 272, 4), err_msg=name)


@levels
@pytest.mark.parametrize("channels", [2, 16, 21])
@pytest.mark.parametrize("after", [None, RELU])
def test_ties_nan_and_infinity(isa: str, channels: int, after: Layer | None) -> None:
    """The first of equal cells gets the gradient; NaN is larger than all; padding never wins, even against -inf."""
    shape = (3, 7, 8, channels)
    x = np.round(grid(shape, 1)).astype("float32")
    x[0, 2, 3], x[0, 4, 4, 1], x[0, 5, 4, 1], x[1, :3, :3], x[2, 6, 5] = np.nan, np.nan, np.nan, -np.inf, np.inf
    for options in WINDOWS:
        each = case(shape, after, **options)
        results = []
        for backend, dtype in ((ReferenceBackend(), "float64"), (CythonBackend(isa=isa, threads=2), "float32")):
            rig = Rig(each, backend, dtype)
            rig.state.bottoms[0].set(x)
            rig.kernel.forward()
            dy = np.ceil(grid(rig.state.tops[0].shape, 2) * 8)  # sums of these are exact
            rig.state.top_diffs[0].set(dy)
            rig.kernel.backward()
            diff = rig.state.bottom_diffs[0]
            assert diff is not None
            results.append((rig.state.tops[0].to_array(), diff.to_array()))
        (y, dx), (mine, my_dx) = results
        np.testing.assert_array_equal(mine, y.astype("float32"))
        np.testing.assert_array_equal(my_dx, dx.astype("float32"))


def test_threads_change_no_bit() -> None:
    for each in cases()[::5]:
        found = [run(each, LEVELS[best()], threads) for threads in (1, 2, 3, 2)]
        for one, other in itertools.pairwise(found):
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)


@levels
def test_a_large_batch_is_split_and_fetched_ahead(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the size at which threads start, with images that lie outside the cache; one image is split by rows."""
    monkeypatch.setattr("mocha_cython._pooling.FAR", 1)
    for num, function in itertools.product((1, 7), FUNCTIONS):
        each = case((num, 31, 30, 23), kernel=3, stride=2, **function)
        want = Rig(each, ReferenceBackend(), "float64").run()
        for name, values in run(each, isa, 3).items():
            limit = tolerance("float32", 20, float(np.abs(values).max()))
            np.testing.assert_allclose(values, want[name], rtol=0, atol=limit, err_msg=name)


def test_only_what_backward_reads_is_kept() -> None:
    """Nothing in the test phase, a byte for each output otherwise, four where a window has more than 255 cells."""
    backend = CythonBackend()
    each = case((2, 6, 6, 4), kernel=2, stride=2)
    kept = [Rig(each, backend, "float32", wants=[want]).choice.accept.scratch[2].spec.nbytes for want in (False, True)]
    assert kept == [0, -(-2 * 3 * 3 * 4 // 64) * 64]
    wide = case((2, 20, 20, 4), kernel=16, stride=4)
    assert Rig(wide, backend, "float32").choice.accept.scratch[2].spec.nbytes >= 2 * 2 * 2 * 4 * 4
