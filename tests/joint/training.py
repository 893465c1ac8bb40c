"""Trainings of one small net on two backends: one that joins steps, and the reference, which takes one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    AccuracyLayer,
    BatchNormLayer,
    Coffee,
    Constraint,
    DropoutLayer,
    InnerProductLayer,
    L2Regu,
    Layer,
    LRPolicy,
    MemoryDataLayer,
    MomPolicy,
    Net,
    Neurons,
    NoCons,
    SoftmaxLossLayer,
    Solver,
    SolverMethod,
    ValidationPerformance,
    finalize_solve,
    init_solve,
    make_solver_parameters,
    onestep_solve,
)
from mocha_core.testing.backends import ReferenceBackend

from .ahead import AheadBackend

BATCH, SAMPLES, FEATURES, CLASSES = 4, 14, 6, 3

BACKENDS = (ReferenceBackend, AheadBackend)

both = pytest.mark.parametrize("backend", BACKENDS)


def samples(count: int = SAMPLES) -> list[np.ndarray]:
    """Inputs and labels."""
    rng = np.random.default_rng(5)
    return [rng.normal(size=(count, FEATURES)), rng.integers(0, CLASSES, (count, 1)).astype(float)]


def body(constraint: Constraint = NoCons()) -> list[Layer]:  # noqa: B008 (specs are values)
    """Draws, untrained state, and a parameter with everything that can be done to one."""
    return [
        InnerProductLayer(
            name="ip1",
            output_dim=8,
            weight_regu=L2Regu(2.0),
            weight_cons=constraint,
            neuron=Neurons.Tanh(),
            bottoms=["data"],
            tops=["ip1"],
        ),
        BatchNormLayer(name="norm", bottoms=["ip1"], tops=["norm"]),
        DropoutLayer(name="drop", bottoms=["norm"]),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["norm"], tops=["ip2"]),
    ]


class Training:
    """A net and its solver on a new backend. `with` closes the net."""

    def __init__(
        self,
        backend: type[ReferenceBackend],
        *,
        method: SolverMethod = SGD(),  # noqa: B008 (specs are values)
        data: list[np.ndarray] | None = None,
        constraint: Constraint = NoCons(),  # noqa: B008
        updates: int = 20,
        **options: Any,
    ) -> None:
        self.backend = backend(seed=9)
        self.layers = body(constraint)
        loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])
        right = AccuracyLayer(name="right", bottoms=["ip2", "label"])
        source = MemoryDataLayer(name="data", data=data or samples(), batch_size=BATCH, shuffle=True)
        self.net = Net("train", self.backend, [source, *self.layers, loss, right])
        if type(method) is SGD:
            options = {"lr_policy": LRPolicy.Exp(0.2, 0.97), "mom_policy": MomPolicy.Fixed(0.8), **options}
        self.solver = Solver(method, make_solver_parameters(method, max_iter=updates, **options))

    def validation(self) -> ValidationPerformance:
        """Over a part of the samples, in another order than the training."""
        right = AccuracyLayer(name="right", bottoms=["ip2", "label"])
        loss = SoftmaxLossLayer(name="test-loss", bottoms=["ip2", "label"])
        source = MemoryDataLayer(name="test-data", data=samples(), batch_size=BATCH)
        return ValidationPerformance(Net("test", self.backend, [source, *self.layers, right, loss], phase="test"))

    def values(self) -> dict[str, bytes]:
        """Parameters and history, bit by bit."""
        history = {} if self.solver.state is None else self.solver.state.updater.arrays()
        arrays = {p.path: p.blob.to_array() for p in self.net.all_parameters} | history
        return {name: array.tobytes() for name, array in arrays.items()}

    def trajectory(self, updates: int, between: Callable[[int, Net], None] | None = None) -> list[Any]:
        """After each update: the objective, all values, where data and random numbers stand, the statistics."""
        state = init_solve(self.solver, self.net)
        found = [self._here(state.obj_val)]
        for update in range(updates):
            if between is not None:
                between(update, self.net)
            onestep_solve(self.solver, self.net, state)
            found.append(self._here(state.obj_val))
        finalize_solve(self.solver, self.net, state)
        return found

    def _here(self, objective: float) -> tuple[Any, ...]:
        net = self.net
        return objective, self.values(), net.data_state(), net.random_state(), net.statistics(), net.epoch

    def solve(self) -> dict[str, bytes]:
        """Train to the end; the values then."""
        self.solver.solve(self.net)
        return self.values()

    def __enter__(self) -> Training:
        return self

    def __exit__(self, *_: object) -> None:
        self.net.close()


class Die(Coffee):
    """Ends a training as a crash would."""

    def __init__(self, when: int) -> None:
        self.when = when

    def enjoy(self, lounge: Any, net: Net, state: Any) -> None:
        if state.iter == self.when:
            raise RuntimeError("died")


def snapshots(folder: Path) -> dict[str, bytes]:
    """What the snapshots there hold, without who wrote them."""
    from mocha_core.io.load_from import snapshots_in
    from mocha_core.io.snapshot_file import read_snapshot

    found = {}
    for path in snapshots_in(folder).values():
        contents = read_snapshot(path)
        arrays = {**contents.parameters, **{f"history/{k}": v for k, v in contents.history.items()}}
        found[path.name] = {name: values.tobytes() for name, values in arrays.items()}, contents.record
    return found
