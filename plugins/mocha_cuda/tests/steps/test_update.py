"""One launch updates all parameters as the methods' own formulas do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import Blob, BlobSpec, ConstantInitializer, L1Regu, L2Regu, NoCons, NoRegu, ParamSpec
from mocha_core.backend import Backend
from mocha_core.kernel import Decline
from mocha_core.solvers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Nesterov,
    RMSProp,
    SolverMethod,
    make_solver_parameters,
)
from mocha_core.solvers.method import GenericUpdate, Place, UpdateKernel, UpdateSite, UpdateState
from mocha_core.testing.backends import ReferenceBackend
from mocha_cuda import CudaBackend
from mocha_cuda.kernels.update import CHUNK, UPDATES, CudaUpdate
from mocha_cuda.simulation import SimulatedDevice

METHODS = (SGD(), Nesterov(), Adam(), AdamW(), Adagrad(), RMSProp(), Adadelta())
KERNELS = {binding.spec: binding.kernel for binding in UPDATES}
SHAPES = ((3, 5), (1,), (2 * CHUNK + 7,), (CHUNK,), (1, 1, 33))
REGULARIZERS = (L2Regu(3.0), NoRegu(), L1Regu(2.0), L2Regu(0.5), L1Regu(0.25))
REGU_COEF, UPDATES_MADE = 0.01, 4


def places(backend: Backend, method: SolverMethod, dtype: str) -> tuple[Place, ...]:
    """Parameters of odd sizes, two with several chunks, each with another regularizer and rate."""
    rng = np.random.default_rng(2)
    found = []
    for number, (shape, regularizer) in enumerate(zip(SHAPES, REGULARIZERS, strict=True)):
        spec = ParamSpec("weight", shape, ConstantInitializer(0.0), regularizer, NoCons(), 1.0 + number)
        blobs = [_blob(backend, shape, dtype) for _ in range(2 + len(method.slots))]
        values = rng.normal(size=shape)
        values.reshape(-1)[0] = 0.0
        blobs[0].set(values)
        for blob in blobs[2:]:
            blob.fill(0.0)
        history = dict(zip(method.slots, blobs[2:], strict=True))
        found.append(Place(site=UpdateSite(method, spec, dtype), weight=blobs[0], diff=blobs[1], history=history))
    return tuple(found)


def _blob(backend: Backend, shape: tuple[int, ...], dtype: str) -> Blob:
    spec = BlobSpec(shape, dtype)
    return Blob(backend, spec, backend.empty(spec), "blob")


def trained(backend: Backend, kernel: type[UpdateKernel], method: SolverMethod, dtype: str) -> list[np.ndarray]:
    """Weights and history after some updates, with numbers that change."""
    mine = places(backend, method, dtype)
    update = kernel(backend, UpdateState(method=method, regu_coef=REGU_COEF, places=mine))
    params = make_solver_parameters(method, max_iter=10)
    fields = method.start(params)
    rng = np.random.default_rng(3)
    for iteration in range(1, UPDATES_MADE + 1):
        fields = {**method.advance(params, iteration, fields), "learning_rate": 0.1 / iteration}
        if "momentum" in fields:
            fields["momentum"] = 0.5 + 0.1 * iteration
        for place in mine:
            place.updates = iteration
            place.diff.set(rng.normal(size=place.diff.shape))
        update.run(fields)
    return [blob.to_array() for place in mine for blob in (place.weight, *place.history.values())]


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_parity_with_the_formulas(method: SolverMethod) -> None:
    with CudaBackend(device=SimulatedDevice()) as backend:
        found = trained(backend, KERNELS[type(method)], method, "float32")
    truth = trained(ReferenceBackend(), GenericUpdate, method, "float64")
    eps, operations = float(np.finfo(np.float32).eps), 12 * UPDATES_MADE
    for one, other in zip(found, truth, strict=True):
        assert np.abs(one - other).max() <= 8 * eps * operations**0.5 * max(1.0, np.abs(other).max())


def test_one_launch_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    launches: list[Any] = []
    with CudaBackend(device=SimulatedDevice()) as backend:
        mine = places(backend, SGD(), "float32")
        update = KERNELS[SGD](backend, UpdateState(method=SGD(), regu_coef=0.0, places=mine))
        assert isinstance(update, CudaUpdate)
        monkeypatch.setattr(update, "launch", lambda *told: launches.append(told))
        update.run({"learning_rate": 0.1, "momentum": 0.0, "last_momentum": 0.0})
    assert [told[0] for told in launches] == [sum(-(-int(np.prod(shape)) // CHUNK) for shape in SHAPES)]


def test_it_declines_what_it_does_not_know() -> None:
    class Other(NoRegu):
        pass

    for dtype, regularizer, why in (("float64", NoRegu(), "float32"), ("float32", Other(), "does not know")):
        spec = ParamSpec("weight", (3,), ConstantInitializer(0.0), regularizer, NoCons())
        answer = CudaUpdate.accepts(None, UpdateSite(SGD(), spec, dtype))
        assert isinstance(answer, Decline)
        assert why in answer.why
