"""Short trainings with snapshots, of the fake net and of a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from mocha_core import (
    AsyncHDF5DataLayer,
    Backend,
    DropoutLayer,
    InnerProductLayer,
    L2Regu,
    Layer,
    MemoryDataLayer,
    Net,
    Neurons,
    SoftmaxLossLayer,
)
from mocha_core.coffee import Snapshot, TrainingSummary
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, SolverMethod, solve
from mocha_core.testing.backends import ReferenceBackend
from tests.solvers.fake_net import FakeNet

POLICIES = {"lr_policy": LRPolicy.Inv(0.1, 0.01, 0.75), "mom_policy": MomPolicy.Linear(0.5, 0.05, 3, 0.9)}


def fake_net(**options: Any) -> FakeNet:
    return FakeNet(
        **{"data": 0.25, "noise": 0.1, "regularizer": L2Regu(1.0), "shapes": {"ip___weight": (3,)}, **options}
    )


def samples() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Ten samples and labels."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(10, 6)), rng.integers(0, 3, (10, 1)).astype(float)


def write_files(folder: Path) -> Path:
    """The samples in two files; the list of them."""
    x, y = samples()
    for name, part in (("a.h5", slice(0, 6)), ("b.h5", slice(6, 10))):
        with h5py.File(folder / name, "w") as file:
            file["data"], file["label"] = x[part], y[part]
    (folder / "list.txt").write_text("a.h5\nb.h5\n")
    return folder / "list.txt"


def async_data(source: Path) -> AsyncHDF5DataLayer:
    """Read by a thread, in chunks of three samples, in a random order that changes every epoch."""
    return AsyncHDF5DataLayer(name="data", source=str(source), batch_size=4, chunk_size=3, shuffle=True)


def real_net(backend: Backend | None = None, data: Layer | None = None) -> Net:
    """Dropout, momentum, and data that do not fit into whole batches, in a random order that changes every epoch."""
    layers = [
        data or MemoryDataLayer(name="data", data=list(samples()), batch_size=4, shuffle=True),
        InnerProductLayer(name="ip1", output_dim=8, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip1"]),
        DropoutLayer(name="drop", bottoms=["ip1"], ratio=0.5),
        InnerProductLayer(name="ip2", output_dim=3, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]
    return Net("real", backend or ReferenceBackend(seed=9), layers)


def make_solver(
    folder: Path | None, max_iter: int, *, method: SolverMethod | None = None, at_end: bool = True, **params: Any
) -> Solver:
    """With a snapshot every third iteration, and a summary after it."""
    method = method or SGD()
    policies = {name: policy for name, policy in POLICIES.items() if name in method.defaults()}
    solver = Solver(method, {"max_iter": max_iter, "regu_coef": 0.01, **policies, **params})
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder, at_end=at_end), every_n_iter=3)
    solver.add_coffee_break(TrainingSummary(), every_n_iter=1)
    return solver


def train(net: Any, folder: Path | None, max_iter: int, **params: Any) -> Solver:
    solver = make_solver(folder, max_iter, **params)
    solve(solver, net)
    return solver


def bits(net: Any) -> dict[str, bytes]:
    return {p.path: p.blob.to_array().tobytes() for p in net.all_parameters}
