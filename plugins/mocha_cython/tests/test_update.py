"""The compiled updates are the methods' own mathematics, at every level and for any number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import SGD, Adam, AdamW, ConstantInitializer, L1Regu, L2Regu, Nesterov, NoCons, NoRegu, SolverMethod
from mocha_core.backend import Backend
from mocha_core.blob import Blob, BlobSpec
from mocha_core.kernel import Decline
from mocha_core.plan import ParamSpec
from mocha_core.regularizers import Regularizer
from mocha_core.solvers.method import GenericUpdate, Place, UpdateKernel, UpdateSite, UpdateState
from mocha_core.specs import spec
from mocha_core.testing import ReferenceBackend, grid, tolerance
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.update import CompiledUpdate
from mocha_cython.machine import LEVELS

FIELDS = {
    "learning_rate": 0.25,
    "last_momentum": 0.5,
    "momentum": 0.75,
    "beta1": 0.75,
    "beta2": 0.875,
    "epsilon": 0.125,
}
SHAPES = ((7,), (300, 120), (1,), (17, 33), (4, 16), (5, 3))
"""More than two chunks, of which the middle one is of the second parameter alone and the last goes through four."""
REGULARIZERS = (NoRegu(), L2Regu(2.0), L1Regu(0.5), NoRegu(), L2Regu(0.25), L1Regu(4.0))
RATES = (1.0, 2.0, 0.5, 1.0, 4.0, 0.25)
PAIRS = [(SGD(), CompiledUpdate), (Nesterov(), CompiledUpdate), (Adam(), CompiledUpdate), (AdamW(), CompiledUpdate)]
pairs = pytest.mark.parametrize(
    ("method", "fast"), PAIRS, ids=lambda value: repr(value) if value in dict(PAIRS) else ""
)
Host = np.ndarray[Any, np.dtype[Any]]


def place(
    method: SolverMethod, backend: Backend, shape: tuple[int, ...], dtype: str, regularizer: Regularizer, rate: float
) -> Place:
    param = ParamSpec("weight", shape, ConstantInitializer(0.0), regularizer, NoCons(), rate=rate)
    count = 2 + len(method.slots)
    blobs = [Blob(backend, BlobSpec(shape, dtype), backend.empty(BlobSpec(shape, dtype))) for _ in range(count)]
    for seed, blob in enumerate(blobs):
        blob.set(grid(shape, seed) ** 2 if seed > 2 else grid(shape, seed))  # a second moment is not negative
    weight, diff, *rest = blobs
    history = dict(zip(method.slots, rest, strict=True))
    return Place(site=UpdateSite(method, param, dtype), weight=weight, diff=diff, history=history)


def make(
    kernel: type[UpdateKernel], method: SolverMethod, backend: Backend, dtype: str
) -> tuple[UpdateKernel, list[Place]]:
    terms = zip(SHAPES, REGULARIZERS, RATES, strict=True)
    places = [place(method, backend, shape, dtype, regularizer, rate) for shape, regularizer, rate in terms]
    return kernel(backend, UpdateState(method=method, regu_coef=0.125, places=tuple(places))), places


def run(kernel: UpdateKernel, places: list[Place], times: int = 2) -> None:
    """Updates of parameters of which each had a number of its own before."""
    for _ in range(times):
        for index, each in enumerate(places):
            each.updates += 1 + index
        kernel.run(FIELDS)


def arrays(each: Place) -> list[Host]:
    return [each.weight.to_array(), *(blob.to_array() for blob in each.history.values())]


@pairs
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("isa", LEVELS[: best() + 1])
def test_two_updates_are_the_methods_own(
    method: SolverMethod, fast: type[UpdateKernel], threads: int, isa: str
) -> None:
    mine, places = make(fast, method, CythonBackend(threads=threads, isa=isa), "float32")
    theirs, others = make(GenericUpdate, method, ReferenceBackend(), "float64")
    run(mine, places)
    run(theirs, others)
    for index, (a, b) in enumerate(zip(places, others, strict=True)):
        for got, want in zip(arrays(a), arrays(b), strict=True):
            scale = max(float(np.abs(want).max()), 1.0)
            np.testing.assert_allclose(got, want, rtol=0, atol=tolerance("float32", 30, scale), err_msg=str(index))
        assert not np.array_equal(a.weight.to_array(), grid(a.weight.shape, 0))
        assert np.array_equal(a.diff.to_array(), b.diff.to_array().astype("float32"))


@pairs
def test_threads_change_no_bit(method: SolverMethod, fast: type[UpdateKernel]) -> None:
    found = []
    for threads in (1, 2, 3, 2):
        kernel, places = make(fast, method, CythonBackend(threads=threads), "float32")
        run(kernel, places)
        found.append([array.tobytes() for each in places for array in arrays(each)])
    assert found[1:] == found[:-1]


@pairs
def test_a_weight_that_is_infinite_stays_so_without_regularizer(method: SolverMethod, fast: type[UpdateKernel]) -> None:
    kernel, places = make(fast, method, CythonBackend(), "float32")
    places[0].weight.array[3], places[0].diff.array[4] = np.inf, np.nan
    run(kernel, places, 1)
    weight = places[0].weight.to_array()
    assert weight[3] == np.inf
    assert np.array_equal(np.isfinite(weight), [True, True, True, False, False, True, True])


@pairs
def test_it_is_bound_and_leaves_the_rest_alone(method: SolverMethod, fast: type[UpdateKernel]) -> None:
    backend = CythonBackend()
    assert backend.registry.candidates(method)[0].kernel is fast
    answers = [
        fast.accepts(backend, place(method, backend, (3,), dtype, regularizer, 1.0).site)
        for dtype, regularizer in (("float32", L1Regu(1.0)), ("float64", NoRegu()), ("float32", Elastic()))
    ]
    assert [isinstance(answer, Decline) for answer in answers] == [False, True, True]


@spec
class Elastic(Regularizer):
    """One that no kernel knows."""

    def value(self, xp: Any, w: Any) -> Any:
        return xp.sum(w)

    def gradient(self, xp: Any, w: Any) -> Any:
        return xp.ones_like(w)
