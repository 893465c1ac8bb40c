"""One small training, written as a program and as an experiment file, and what must be true when it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core import (
    SGD,
    DefaultBackend,
    HDF5DataLayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MochaError,
    Net,
    Neurons,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    TrainingSummary,
    make_solver_parameters,
)
from mocha_core.cli.main import main

EXPERIMENT = """
name = "first"
[solver]
max_iter = 16
lr_policy = "LRPolicy.Fixed(0.1)"
load_from = "snapshots"
[lounge]
save_into = "snapshots/statistics.h5"
every_n_iter = 4
[[coffee]]
type = "TrainingSummary"
every_n_iter = 4
[[coffee]]
type = "Snapshot"
directory = "snapshots"
every_n_iter = 4
[[layer]]
type = "HDF5Data"
name = "train-data"
source = "list.txt"
batch_size = 8
[[layer]]
type = "InnerProduct"
name = "ip1"
output_dim = 5
neuron = "Neurons.ReLU()"
bottoms = ["data"]
tops = ["ip1"]
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
"""

SAMPLES, FEATURES, CLASSES = 20, 4, 3


def write_data(path: str, **datasets: Any) -> None:
    """`data` (20, 4) and `label` (20, 1) from 0 to 2, some replaced; None leaves one out."""
    rng = np.random.default_rng(0)
    good = {"data": rng.normal(size=(SAMPLES, FEATURES)), "label": rng.integers(0, CLASSES, (SAMPLES, 1))}
    with h5py.File(path, "w") as file:
        for name, values in {**good, **datasets}.items():
            if values is not None:
                file[name] = values


def layers() -> list[Layer]:
    return [
        HDF5DataLayer(name="train-data", source="list.txt", batch_size=8),
        InnerProductLayer(name="ip1", output_dim=5, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=3, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def changed(index: int, **options: Any) -> Callable[[], list[Layer]]:
    """The layers, one of them with other options."""
    return lambda: [layer.replace(**options) if i == index else layer for i, layer in enumerate(layers())]


def train(make: Callable[[], Sequence[Layer]] = layers, **params: Any) -> Solver:
    """The program: go on from the folder `snapshots`, and write there."""
    given = {"max_iter": 16, "load_from": "snapshots", "lr_policy": LRPolicy.Fixed(0.1), **params}
    with DefaultBackend("cpu") as backend, Net("first-train", backend, make()) as net:
        solver = Solver(SGD(), make_solver_parameters(SGD(), **given))
        solver.setup_coffee_lounge(save_into="snapshots/statistics.h5", every_n_iter=4)
        solver.add_coffee_break(TrainingSummary(), every_n_iter=4)
        solver.add_coffee_break(Snapshot("snapshots"), every_n_iter=4)
        solver.solve(net)
    return solver


@dataclass(frozen=True)
class Case:
    """A mistake, made in both ways, and what the error must say.

    error: its class.   says: facts that the text must have.   files: changes the working directory first.
    make, params: the mistake in the program.   toml: what to replace in the experiment file; None: no such mistake.
    """

    error: type[MochaError]
    says: Sequence[str]
    files: Callable[[], object] = lambda: None
    make: Callable[[], Sequence[Layer]] = layers
    params: Mapping[str, Any] = field(default_factory=dict)
    toml: tuple[str, str] | None = ("", "")


def check(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """Both ways are refused with the facts, and no file has changed, come or gone."""
    case.files()
    before = fingerprint()
    with pytest.raises(case.error) as caught:
        train(case.make, **case.params)
    assert isinstance(caught.value, MochaError)
    must_say(case, str(caught.value))
    assert fingerprint() == before
    if case.toml is not None:
        old, new = case.toml
        assert old in EXPERIMENT
        Path("experiment.toml").write_text(EXPERIMENT.replace(old, new))
        must_say(case, refusal(capsys))
        assert fingerprint() == before


def must_say(case: Case, text: str) -> None:
    missing = [fact for fact in case.says if fact not in text]
    assert not missing, f"{missing} not in: {text}"


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that `mocha train experiment.toml` (or another command) ends with."""
    capsys.readouterr()
    assert main(words or ["train", "experiment.toml"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mocha: ")
    return line


def fingerprint() -> dict[str, str]:
    """What every file of the working directory holds, but for the experiment file."""
    files = (path for path in Path().rglob("*") if path.is_file() and path.name != "experiment.toml")
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
