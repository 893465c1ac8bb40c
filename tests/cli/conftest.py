"""An experiment file with data, small enough to train in a moment."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

EXPERIMENT = """
name = "blobs"
seed = 3

[solver]
method = "SGD"
max_iter = 60
lr_policy = "LRPolicy.Step(0.2, 0.5, 50)"
mom_policy = "MomPolicy.Fixed(0.5)"
load_from = "snapshots"

[lounge]
save_into = "snapshots/statistics.h5"
every_n_iter = 20

[[coffee]]
type = "TrainingSummary"
every_n_iter = 20

[[coffee]]
type = "Snapshot"
directory = "snapshots"
every_n_iter = 30

[[coffee]]
type = "ValidationPerformance"
every_n_iter = 30

[[layer]]
type = "HDF5Data"
name = "train-data"
phases = ["train"]
source = "list.txt"
batch_size = 20

[[layer]]
type = "HDF5Data"
name = "test-data"
phases = ["test"]
source = "list.txt"
batch_size = 30

[[layer]]
type = "InnerProduct"
name = "ip1"
output_dim = 8
neuron = "Neurons.Tanh()"
weight_init = "GaussianInitializer(std=0.5)"
bottoms = ["data"]
tops = ["ip1"]

[[layer]]
type = "Dropout"
name = "drop"
ratio = 0.2
bottoms = ["ip1"]

[[layer]]
type = "InnerProduct"
name = "ip2"
output_dim = 3
bottoms = ["ip1"]
tops = ["ip2"]

[[layer]]
type = "SoftmaxLoss"
name = "loss"
bottoms = ["ip2", "label"]

[[layer]]
type = "Accuracy"
name = "acc"
phases = ["test"]
bottoms = ["ip2", "label"]
"""


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in the working directory."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, (60, 1))
    centres = 3 * rng.normal(size=(3, 4))
    with h5py.File("data.h5", "w") as file:
        file["data"] = (centres[label[:, 0]] + rng.normal(size=(60, 4))).astype(np.float32)
        file["label"] = label.astype(np.float32)
    Path("list.txt").write_text("data.h5\n")
    path = tmp_path / "blobs.toml"
    path.write_text(EXPERIMENT)
    return path
