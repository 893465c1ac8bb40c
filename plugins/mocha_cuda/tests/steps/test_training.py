"""Whole trainings: as one graph a step or call by call, at once or as late as the device may, the results are the same
bits; and they are those of the reference, up to rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    AccuracyLayer,
    Adam,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MemoryDataLayer,
    MomPolicy,
    Net,
    Neurons,
    PoolingLayer,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    SolverMethod,
    TrainingSummary,
    finalize_solve,
    init_solve,
    make_solver_parameters,
    onestep_solve,
)
from mocha_core.backend import Backend
from mocha_core.testing.backends import ReferenceBackend
from mocha_cuda import CudaBackend
from mocha_cuda.graphs import Program, Recorded
from mocha_cuda.simulation import SimulatedDevice, compiler, no_compiler

BATCH, SAMPLES, SIDE, CLASSES, UPDATES = 4, 14, 10, 3, 12

pytestmark = pytest.mark.skipif(compiler() is None, reason=no_compiler())


class Asked(SimulatedDevice):
    """Knows how often the host waited for a result."""

    downloads = 0

    def download(self, source: Any) -> np.ndarray:
        self.downloads += 1
        return super().download(source)


def layers() -> list[Layer]:
    """LeNet in small, with dropout."""
    rng = np.random.default_rng(3)
    data = [rng.normal(size=(SAMPLES, 1, SIDE, SIDE)), rng.integers(0, CLASSES, (SAMPLES, 1)).astype(float)]
    return [
        MemoryDataLayer(name="data", data=data, batch_size=BATCH, shuffle=True),
        ConvolutionLayer(name="conv", n_filter=5, kernel=3, neuron=Neurons.ReLU(), bottoms=["data"], tops=["conv"]),
        PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["conv"], tops=["pool"]),
        InnerProductLayer(name="ip1", output_dim=9, neuron=Neurons.ReLU(), bottoms=["pool"], tops=["ip1"]),
        DropoutLayer(name="drop", bottoms=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
        AccuracyLayer(name="right", bottoms=["ip2", "label"]),
    ]


def made_solver(method: SolverMethod, updates: int, **options: Any) -> Solver:
    if isinstance(method, SGD):
        options = {"lr_policy": LRPolicy.Exp(0.05, 0.99), "mom_policy": MomPolicy.Fixed(0.9), **options}
    return Solver(method, make_solver_parameters(method, max_iter=updates, **options))


def trajectory(backend: Backend, method: SolverMethod, dtype: str = "float32") -> list[dict[str, np.ndarray]]:
    """Objective, parameters and statistics after each update."""
    with backend, Net("n", backend, layers(), dtype=dtype) as net:
        solver, found = made_solver(method, UPDATES), []
        state = init_solve(solver, net)
        for _ in range(UPDATES):
            onestep_solve(solver, net, state)
            values = {p.path: p.blob.to_array() for p in net.all_parameters}
            numbers = {name: np.array(value) for name, value in net.statistics().items()}
            found.append({"objective": np.array(state.obj_val), **values, **numbers})
        finalize_solve(solver, net, state)
    return found


def bits(steps: list[dict[str, np.ndarray]]) -> list[dict[str, bytes]]:
    return [{name: value.tobytes() for name, value in step.items()} for step in steps]


@pytest.mark.parametrize("method", [SGD(), Adam()], ids=str)
def test_graphs_and_late_devices_change_no_bit(method: SolverMethod) -> None:
    found = [
        bits(trajectory(CudaBackend(device=SimulatedDevice(late=late), graphs=graphs, seed=6), method))
        for late in (False, True)
        for graphs in (False, True)
    ]
    assert all(other == found[0] for other in found[1:])


@pytest.mark.parametrize("method", [SGD(), Adam()], ids=str)
def test_the_reference_trains_likewise(method: SolverMethod) -> None:
    """Compared with how far the parameters went, they end at the same place."""
    mine = trajectory(CudaBackend(device=SimulatedDevice(), seed=6), method)
    truth = trajectory(ReferenceBackend(seed=6), method, "float64")
    first, last = truth[0], truth[-1]
    for name, value in last.items():
        way = max(np.abs(value - first[name]).max(), 1e-2)
        assert np.abs(mine[-1][name] - value).max() <= 1e-3 * way, name


def test_a_step_is_one_graph_and_reads_nothing_back() -> None:
    device = Asked()
    with CudaBackend(device=device, seed=6) as backend, Net("n", backend, layers()) as net:
        solver = made_solver(SGD(), 90)
        solver.add_coffee_break(TrainingSummary(), every_n_iter=30)
        state, asked = init_solve(solver, net), []
        for _ in range(90):
            before = device.downloads
            onestep_solve(solver, net, state)
            asked.append(device.downloads - before)
        assert [update for update, downloads in enumerate(asked, 1) if downloads] == [30, 60, 90]
        assert state.joint is not None
        (program,) = state.joint._programs.values()
        assert isinstance(program, Program)
        assert [type(piece) for piece in program.pieces] == [Recorded]
        finalize_solve(solver, net, state)


def test_dropout_drops_what_the_reference_drops() -> None:
    kept = []
    for backend in (CudaBackend(device=SimulatedDevice(), seed=6), ReferenceBackend(seed=6)):
        ones = MemoryDataLayer(name="data", data=[np.ones((BATCH, 37)), np.zeros((BATCH, 1))], batch_size=BATCH)
        drop = DropoutLayer(name="drop", ratio=0.3, bottoms=["data"], tops=["y"])
        ip = InnerProductLayer(name="ip", output_dim=2, bottoms=["y"], tops=["ip"])
        loss = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])
        with backend, Net("n", backend, [ones, drop, ip, loss], keep=["y"]) as net:
            masks = []
            for _ in range(3):
                net.forward()
                masks.append(net.blob("y").to_array() != 0)
        kept.append(masks)
    assert np.array_equal(kept[0], kept[1])
    assert 0.5 < np.mean(kept[0]) < 0.9
    assert not np.array_equal(kept[0][0], kept[0][1])


def test_a_killed_training_ends_as_one_left_alone(tmp_path: Path) -> None:
    def run(folder: Path, updates: int) -> dict[str, bytes]:
        with CudaBackend(device=SimulatedDevice(late=True), seed=6) as backend, Net("n", backend, layers()) as net:
            solver = made_solver(SGD(), updates, load_from=folder)
            solver.add_coffee_break(Snapshot(folder), every_n_iter=5)
            solver.solve(net)
            return {p.path: p.blob.to_array().tobytes() for p in net.all_parameters}

    for updates in (3, 8, 13):
        run(tmp_path / "killed", updates)
    assert run(tmp_path / "killed", 20) == run(tmp_path / "whole", 20)
