"""Training 2N steps equals N, a snapshot, and N: with shuffled chunks, random crops and mirrors, and validations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import h5py
import numpy as np
import pytest

from mocha_core import (
    SGD,
    AsyncHDF5DataLayer,
    DropoutLayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MomPolicy,
    Net,
    Neurons,
    RandomCrop,
    RandomMirror,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    ValidationPerformance,
    solve,
)
from mocha_core.testing.backends import ReferenceBackend
from tests.io.training import bits

STEPS = 14
FILES = (5, 1, 8)
"""Samples; chunks of 3 and batches of 4 cross files and epochs."""


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(3)
    for number, count in enumerate(FILES):
        with h5py.File(folder / f"{number}.h5", "w") as file:
            file.create_dataset("data", data=rng.normal(size=(count, 2, 5, 6)), compression="gzip")
            file["label"] = rng.integers(0, 3, (count, 1))
    (folder / "list.txt").write_text("".join(f"{number}.h5\n" for number in range(len(FILES))))
    return folder / "list.txt"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def layers(listing: Path) -> list[Layer]:
    data = AsyncHDF5DataLayer(
        name="data",
        source=str(listing),
        batch_size=4,
        chunk_size=3,
        shuffle=True,
        transformers=[("data", RandomCrop((4, 3))), ("data", RandomMirror())],
    )
    return [
        data,
        InnerProductLayer(name="ip1", output_dim=6, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip1"]),
        DropoutLayer(name="drop", bottoms=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=3, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def trained(stack: ExitStack, listing: Path, folder: Path, max_iter: int, seed: int = 4) -> tuple[Net, Solver]:
    backend = stack.enter_context(ReferenceBackend(seed=seed))
    net = stack.enter_context(Net("train", backend, layers(listing)))
    test = stack.enter_context(Net("test", backend, layers(listing), phase="test"))
    options = {"max_iter": max_iter, "lr_policy": LRPolicy.Fixed(0.1), "mom_policy": MomPolicy.Fixed(0.9)}
    solver = Solver(SGD(), {**options, "load_from": folder if folder.exists() else ""})
    solver.add_coffee_break(Snapshot(folder), every_n_iter=1)
    solver.add_coffee_break(ValidationPerformance(test), every_n_iter=5)
    solve(solver, net)
    return net, solver


def test_stopped_anywhere(listing: Path, tmp_path: Path, opened: ExitStack) -> None:
    whole, straight = trained(opened, listing, tmp_path / "whole", STEPS)
    for stop in range(1, STEPS):
        trained(opened, listing, tmp_path / str(stop), stop)
        net, resumed = trained(opened, listing, tmp_path / str(stop), STEPS)
        assert bits(net) == bits(whole), f"stopped after {stop}"
        assert resumed.coffee_lounge.statistics == straight.coffee_lounge.statistics


def test_another_seed_is_another_training(listing: Path, tmp_path: Path, opened: ExitStack) -> None:
    """So that the test above can fail."""
    one, other = (trained(opened, listing, tmp_path / str(seed), 2, seed)[0] for seed in (4, 5))
    assert bits(one) != bits(other)
