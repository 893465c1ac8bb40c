"""A learning rate steered by validations: resumed bit for bit, wherever the snapshot was taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    DropoutLayer,
    InnerProductLayer,
    MemoryDataLayer,
    Net,
    Neurons,
    SoftmaxLossLayer,
)
from mocha_core.coffee import Snapshot, TrainingSummary, ValidationPerformance, setup
from mocha_core.solvers import Adam, LRPolicy, Nesterov, Solver, SolverMethod, solve
from mocha_core.testing.backends import ReferenceBackend

from .training import bits

METHODS = {"Nesterov": (Nesterov(), 1.0), "Adam": (Adam(), 0.2)}
UPDATES = 24


def nets() -> tuple[Net, Net]:
    """For training and for validation; labels are noise, so that scores go up and down."""
    rng = np.random.default_rng(1)
    backend = ReferenceBackend(seed=4)

    def data(count: int, shuffle: bool) -> MemoryDataLayer:
        arrays = [rng.normal(size=(count, 6)), rng.integers(0, 3, (count, 1)).astype(float)]
        return MemoryDataLayer(name="data", data=arrays, batch_size=4, shuffle=shuffle)

    body = [
        InnerProductLayer(name="ip1", output_dim=8, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip1"]),
        DropoutLayer(name="drop", bottoms=["ip1"], ratio=0.5),
        InnerProductLayer(name="ip2", output_dim=3, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]
    accuracy = AccuracyLayer(name="test", bottoms=["ip2", "label"])
    train = Net("train", backend, [data(10, True), *body])
    return train, Net("test", backend, [data(22, False), *body, accuracy], phase="test")


def train(
    kind: str, updates: int, folder: Path, every: int = UPDATES, *, snapshot_first: bool = True, **options: Any
) -> tuple[Net, Solver]:
    method: SolverMethod
    method, rate = METHODS[kind]
    net, test_net = nets()
    policy = LRPolicy.DecayOnValidation(rate, "test-accuracy", 0.75, mode="max")
    solver = Solver(method, {"max_iter": updates, "lr_policy": policy, "iter_size": 2, **options})
    validation, snapshot = ValidationPerformance(test_net), Snapshot(folder)
    for coffee, n in [(snapshot, every), (validation, 2)] if snapshot_first else [(validation, 2), (snapshot, every)]:
        solver.add_coffee_break(coffee, every_n_iter=n)
    solver.add_coffee_break(TrainingSummary("obj_val", "learning_rate"), every_n_iter=1)
    setup(policy, validation, solver)
    solve(solver, net)
    return net, solver


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize("snapshot_first", [True, False], ids=["snapshot first", "validation first"])
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, kind, snapshot_first):
    whole, straight = train(kind, UPDATES, tmp_path / "whole", snapshot_first=snapshot_first)
    rates = straight.coffee_lounge.get_statistics("learning_rate")
    turns = [i for i in range(1, UPDATES) if rates[i + 1] < rates[i]]
    assert len(turns) > 2
    assert len(turns) < UPDATES // 2
    for stop in (turns[1] - 1, turns[1], turns[1] + 1, turns[2] + 1):
        folder = tmp_path / f"{stop}"
        train(kind, stop, folder, stop, snapshot_first=snapshot_first)
        resumed, again = train(kind, UPDATES, folder, stop, snapshot_first=snapshot_first, load_from=folder)
        assert again.state.loaded == folder / f"snapshot-{stop:06d}.h5"
        assert bits(resumed) == bits(whole)
        assert again.coffee_lounge.statistics == straight.coffee_lounge.statistics
        assert again.state.fields == straight.state.fields


def test_training_that_goes_on_in_the_same_program_does_too(tmp_path):
    whole, straight = train("Adam", UPDATES, tmp_path / "whole")
    rates = straight.coffee_lounge.get_statistics("learning_rate")
    turn = next(i for i in range(1, UPDATES) if rates[i + 1] < rates[i])
    halves, solver = train("Adam", turn, tmp_path / "halves")
    solver.params = solver.params.replace(max_iter=UPDATES)
    solve(solver, halves)
    assert bits(halves) == bits(whole)
    assert solver.coffee_lounge.statistics == straight.coffee_lounge.statistics
