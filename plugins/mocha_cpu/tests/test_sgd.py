"""The fused update is the method's own mathematics, and allocates nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mocha_core import SGD, ConstantInitializer, L2Regu, NoCons, NoRegu
from mocha_core.backend import Backend
from mocha_core.blob import Blob, BlobSpec
from mocha_core.plan import ParamSpec
from mocha_core.regularizers import Regularizer
from mocha_core.solvers.method import GenericUpdate, Place, UpdateKernel, UpdateSite, UpdateState
from mocha_core.testing import ReferenceBackend, grid, tolerance
from mocha_cpu import CpuBackend
from mocha_cpu.kernels.sgd import SgdUpdate

FIELDS = {"learning_rate": 0.25, "last_momentum": 0.5, "momentum": 0.75}
SHAPES = ((300, 200), (7,))
Host = np.ndarray[Any, np.dtype[Any]]


def place(backend: Backend, shape: tuple[int, ...], dtype: str, regularizer: Regularizer, rate: float) -> Place:
    spec = ParamSpec("weight", shape, ConstantInitializer(0.0), regularizer, NoCons(), rate=rate)
    blobs = [Blob(backend, BlobSpec(shape, dtype), backend.empty(BlobSpec(shape, dtype))) for _ in range(3)]
    for seed, blob in enumerate(blobs):
        blob.set(grid(shape, seed))
    weight, diff, history = blobs
    return Place(site=UpdateSite(SGD(), spec, dtype), weight=weight, diff=diff, history={"history": history})


def update(kernel: type[UpdateKernel], backend: Backend, dtype: str) -> tuple[UpdateKernel, list[Place]]:
    terms = zip(SHAPES, (L2Regu(2.0), NoRegu()), (1.0, 2.0), strict=True)
    places = [place(backend, shape, dtype, regularizer, rate) for shape, regularizer, rate in terms]
    return kernel(backend, UpdateState(method=SGD(), regu_coef=0.125, places=tuple(places))), places


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_updates_are_the_methods_own(dtype: str, backend: CpuBackend) -> None:
    fast, mine = update(SgdUpdate, backend, dtype)
    slow, theirs = update(GenericUpdate, ReferenceBackend(), "float64")
    for kernel in (fast, slow):
        kernel.run(FIELDS)
        kernel.run(FIELDS)
    for a, b in zip(mine, theirs, strict=True):
        for got, want in ((a.weight, b.weight), (a.history["history"], b.history["history"])):
            scale = float(np.abs(want.to_array()).max())
            np.testing.assert_allclose(got.to_array(), want.to_array(), rtol=0, atol=tolerance(dtype, 10, scale))
        assert not np.array_equal(a.weight.to_array(), grid(a.weight.shape, 0))


def test_the_gradient_is_left_alone(backend: CpuBackend) -> None:
    kernel, places = update(SgdUpdate, backend, "float64")
    kernel.run(FIELDS)
    assert np.array_equal(places[0].diff.to_array(), grid(SHAPES[0], 1))


def test_nothing_is_allocated(backend: CpuBackend, peak: Callable[[Callable[[], object]], int]) -> None:
    kernel, places = update(SgdUpdate, backend, "float32")
    assert peak(lambda: kernel.run(FIELDS)) < places[0].weight.spec.nbytes / 4
