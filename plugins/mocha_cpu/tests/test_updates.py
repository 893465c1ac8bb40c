"""The fused updates are the methods' own mathematics, and allocate nothing."""

from __future__ import annotations

from collections.abc import Callable
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
from mocha_core.testing import ReferenceBackend, grid, tolerance
from mocha_cpu import CpuBackend
from mocha_cpu.kernels.adam import AdamUpdate, AdamWUpdate
from mocha_cpu.kernels.nesterov import NesterovUpdate
from mocha_cpu.kernels.sgd import SgdUpdate

FIELDS = {
    "learning_rate": 0.25,
    "last_momentum": 0.5,
    "momentum": 0.75,
    "beta1": 0.75,
    "beta2": 0.875,
    "epsilon": 0.125,
}
SHAPES = ((300, 200), (7,))
PAIRS = [(SGD(), SgdUpdate), (Nesterov(), NesterovUpdate), (Adam(), AdamUpdate), (AdamW(), AdamWUpdate)]
pairs = pytest.mark.parametrize(
    ("method", "fast"), PAIRS, ids=lambda value: repr(value) if value in dict(PAIRS) else ""
)
Host = np.ndarray[Any, np.dtype[Any]]


def place(
    method: SolverMethod, backend: Backend, shape: tuple[int, ...], dtype: str, regularizer: Regularizer, rate: float
) -> Place:
    spec = ParamSpec("weight", shape, ConstantInitializer(0.0), regularizer, NoCons(), rate=rate)
    count = 2 + len(method.slots)
    blobs = [Blob(backend, BlobSpec(shape, dtype), backend.empty(BlobSpec(shape, dtype))) for _ in range(count)]
    for seed, blob in enumerate(blobs):
        blob.set(grid(shape, seed) ** 2 if seed > 2 else grid(shape, seed))  # a second moment is not negative
    weight, diff, *rest = blobs
    history = dict(zip(method.slots, rest, strict=True))
    return Place(site=UpdateSite(method, spec, dtype), weight=weight, diff=diff, history=history)


def make(
    kernel: type[UpdateKernel], method: SolverMethod, backend: Backend, dtype: str
) -> tuple[UpdateKernel, list[Place]]:
    terms = zip(SHAPES, (L2Regu(2.0), NoRegu()), (1.0, 2.0), strict=True)
    places = [place(method, backend, shape, dtype, regularizer, rate) for shape, regularizer, rate in terms]
    return kernel(backend, UpdateState(method=method, regu_coef=0.125, places=tuple(places))), places


def run(kernel: UpdateKernel, places: list[Place]) -> None:
    """The third update of one parameter, the fifth of the other."""
    for each, updates in zip(places, (3, 5), strict=True):
        each.updates += updates
    kernel.run(FIELDS)


@pairs
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_updates_are_the_methods_own(
    method: SolverMethod, fast: type[UpdateKernel], dtype: str, backend: CpuBackend
) -> None:
    mine, places = make(fast, method, backend, dtype)
    theirs, others = make(GenericUpdate, method, ReferenceBackend(), "float64")
    for kernel, where in ((mine, places), (theirs, others)):
        run(kernel, where)
        run(kernel, where)
    for a, b in zip(places, others, strict=True):
        found = [(a.weight, b.weight), *((a.history[slot], b.history[slot]) for slot in method.slots)]
        for got, want in found:
            scale = float(np.abs(want.to_array()).max())
            np.testing.assert_allclose(got.to_array(), want.to_array(), rtol=0, atol=tolerance(dtype, 30, scale))
        assert not np.array_equal(a.weight.to_array(), grid(a.weight.shape, 0))


@pairs
def test_the_gradient_is_left_alone(method: SolverMethod, fast: type[UpdateKernel], backend: CpuBackend) -> None:
    kernel, places = make(fast, method, backend, "float64")
    run(kernel, places)
    for each, shape in zip(places, SHAPES, strict=True):
        assert np.array_equal(each.diff.to_array(), grid(shape, 1))


@pairs
def test_nothing_is_allocated(
    method: SolverMethod,
    fast: type[UpdateKernel],
    backend: CpuBackend,
    peak: Callable[[Callable[[], object]], int],
) -> None:
    kernel, places = make(fast, method, backend, "float32")
    assert peak(lambda: run(kernel, places)) < places[0].weight.spec.nbytes / 4


@pairs
def test_it_is_bound_and_leaves_other_regularizers_alone(
    method: SolverMethod, fast: type[UpdateKernel], backend: CpuBackend
) -> None:
    assert [binding.kernel for binding in backend.registry.candidates(method)] == [fast]
    sites = [place(method, backend, (3,), "float32", regu, 1.0).site for regu in (L2Regu(1.0), NoRegu(), L1Regu(1.0))]
    answers = [isinstance(fast.accepts(backend, site), Decline) for site in sites]
    assert answers == [False, False, True]
