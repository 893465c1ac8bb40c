"""Every solver of the oracles, driven by its own prototxt: losses, weights and histories of ten updates."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_caffe import Training, open_training
from mocha_caffe.solving.history import caffe_history
from mocha_caffe.weights.saving import blobs_of
from mocha_core import finalize_solve, init_solve, onestep_solve
from mocha_core.io.model_file import parameter_arrays
from mocha_core.solvers import SolverState
from mocha_core.testing.opening import opened
from tests.oracles.dumps import Arrays, Host, assert_agrees, read

LIMIT = 1e-12
"""Double precision on both sides, and every field as Caffe keeps it."""
SOLVERS = ("adagrad", "adam", "nesterov", "rmsprop", "sgd_fixed", "sgd_fixed_nomom", "sgd_inv", "sgd_l1", "sgd_step")


def saved(training: Training, state: SolverState) -> Arrays:
    """By the dumps' names, what would be written into Caffe's files."""
    arrays, at = parameter_arrays(training.net), f"iter_{state.iter:04}"
    steps = training.model.model.steps
    found = {f"{at}/params/{step.given.name}/{k}": b for step in steps for k, b in enumerate(blobs_of(step, arrays))}
    histories = enumerate(caffe_history(state, training.model.model))
    return found | {f"{at}/history/{k}": values for k, values in histories}


def trajectory(training: Training, updates: int) -> dict[str, Host | list[float]]:
    """The losses before each update, and everything after it."""
    losses: list[float] = []
    found: dict[str, Host | list[float]] = {"loss": losses}
    state = init_solve(training.solver, training.net)
    for _ in range(updates):
        losses.append(state.obj_val)
        onestep_solve(training.solver, training.net, state)
        found |= saved(training, state)
    finalize_solve(training.solver, training.net, state)
    return found


@pytest.mark.parametrize("name", SOLVERS)
def test_trajectory(name: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shared / "oracles" / "caffe" / "solvers"
    monkeypatch.chdir(tmp_path)  # where snapshots go
    caffe = read(folder / f"{name}_float64.h5")
    options = {"weights": folder / "init.caffemodel", "max_iter": 10, "dtype": "float64"}
    with open_training(folder / f"{name}.prototxt", backend=opened("cpu"), **options) as training:
        ours = trajectory(training, 10)
    slots = len(training.solver.method.slots)
    compared = {key: (ours[key], caffe[key]) for key in caffe if key in ours}
    assert len(compared) == 1 + 4 * (4 + 4 * slots)
    assert_agrees(compared, LIMIT)
