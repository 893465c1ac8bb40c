"""A small training in files: HDF5 data, a net for both phases, a solver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from mocha_caffe import Training, open_training
from mocha_core.io.model_file import parameter_arrays
from mocha_core.testing.opening import opened

SAMPLES, BATCH, CLASSES = 24, 8, 3
NET = """
name: "small"
layer { name: "data" type: "HDF5Data" top: "data" top: "label" hdf5_data_param { source: "list.txt" batch_size: 8 } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" param { lr_mult: 1 } param { lr_mult: 2 }
  convolution_param { kernel_size: 3 num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "bn1" }
layer { name: "drop1" type: "Dropout" bottom: "bn1" top: "bn1" }
layer { name: "ip" type: "InnerProduct" bottom: "bn1" top: "ip"
  inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 0.1 } } }
layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""
SOLVER = """
net: "net.prototxt"
base_lr: 0.1
lr_policy: "step"
gamma: 0.5
stepsize: 4
momentum: 0.9
weight_decay: 0.01
max_iter: 6
snapshot: 4
snapshot_prefix: "{folder}/small"
random_seed: 5
"""
TESTS = "test_iter: 3 test_interval: 3\n"


def write(folder: Path, solver: str = SOLVER, net: str = NET) -> Path:
    """The files; the path of the solver."""
    rng = np.random.default_rng(7)
    with h5py.File(folder / "data.h5", "w") as file:
        file["data"] = rng.normal(size=(SAMPLES, 2, 6, 5)).astype(np.float32)
        file["label"] = rng.integers(0, CLASSES, SAMPLES).astype(np.float32)
    (folder / "list.txt").write_text("data.h5\n")
    (folder / "net.prototxt").write_text(net)
    path = folder / "solver.prototxt"
    path.write_text(solver.replace("{folder}", str(folder)))
    return path


def opened_training(folder: Path, more: str = "", net: str = NET, **options: object) -> Training:
    """The small training, on the CPU, with more fields in its solver, or others."""
    return open_training(write(folder, solver_text(more), net), backend=opened("cpu"), **options)


def solver_text(more: str) -> str:
    """The solver with other fields instead of its own."""
    others = re.findall(r"(\w+):", more)
    return "".join(line for line in SOLVER.splitlines(True) if line.partition(":")[0] not in others) + more


def values(training: Training) -> Mapping[str, np.ndarray]:
    """The parameters."""
    return parameter_arrays(training.net)


def assert_same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> None:
    """Bit for bit."""
    assert {name: array.tobytes() for name, array in one.items()} == {
        name: array.tobytes() for name, array in other.items()
    }
