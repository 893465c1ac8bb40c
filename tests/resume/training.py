"""A training with everything that a resume must restore; `python -m tests.resume.training DATA FOLDER`.

After each iteration it prints its number and waits for a line on standard input; it runs on when there is no more.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import h5py
import numpy as np

from mocha_core import (
    SGD,
    AccuracyLayer,
    Coffee,
    CoffeeLounge,
    ConvolutionLayer,
    DefaultBackend,
    DropoutLayer,
    HDF5DataLayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MomPolicy,
    Net,
    Neurons,
    PoolingLayer,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    SolverState,
    TrainingSummary,
    ValidationPerformance,
    add_coffee_break,
    make_solver_parameters,
    setup_coffee_lounge,
    solve,
)

ITERATIONS = 165
EVERY = 3
FILES = (11, 7, 13)
"""Samples of each file: no multiple of the batch size, so that batches cross files and epochs."""

BATCH, SIDE, CLASSES = 8, 20, 4


def write_data(folder: Path) -> None:
    """Three HDF5 files and their list."""
    rng = np.random.default_rng(7)
    paths = []
    for number, count in enumerate(FILES):
        paths.append(folder / f"part{number}.h5")
        with h5py.File(paths[-1], "w") as file:
            file["data"] = rng.normal(size=(count, 1, SIDE, SIDE)).astype(np.float32)
            file["label"] = rng.integers(0, CLASSES, (count, 1)).astype(np.float32)
    (folder / "list.txt").write_text("\n".join(map(str, paths)))


# fmt: off
def layers() -> list[Layer]:
    """LeNet in small, but for an `ip1` so large that a snapshot takes its time to write."""
    return [
        ConvolutionLayer(name="conv1", n_filter=4, kernel=(5, 5), bottoms=["data"], tops=["conv1"]),
        PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv1"], tops=["pool1"]),
        ConvolutionLayer(name="conv2", n_filter=8, kernel=(3, 3), neuron=Neurons.ReLU(), bottoms=["pool1"],
                         tops=["conv2"]),
        PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"]),
        InnerProductLayer(name="ip1", output_dim=2000, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"]),
        DropoutLayer(name="drop", bottoms=["ip1"], ratio=0.5),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["ip1"], tops=["ip2"]),
    ]
# fmt: on


class Tell(Coffee):
    """The last break of each iteration."""

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        print(state.iter, flush=True)
        sys.stdin.readline()


class NoteEpoch(Coffee):
    """Statistics of a break that comes by epochs."""

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        lounge.update_statistics("epoch", net.epoch)


def make_solver(folder: Path, test_net: Net) -> Solver:
    method = SGD()
    stages = LRPolicy.Staged((40, LRPolicy.Fixed(0.02)), (50, LRPolicy.Exp(0.02, 0.99)), (1, LRPolicy.Fixed(0.005)))
    momentum = MomPolicy.Linear(0.5, 0.05, 20, 0.9)
    params = make_solver_parameters(
        method, max_iter=ITERATIONS, regu_coef=0.001, lr_policy=stages, mom_policy=momentum, load_from=folder
    )
    solver = Solver(method, params)
    setup_coffee_lounge(solver, save_into=folder / "statistics.h5", every_n_iter=7)
    add_coffee_break(solver, TrainingSummary("iter", "obj_val", "learning_rate", "last_momentum"), every_n_iter=1)
    add_coffee_break(solver, Snapshot(folder, keep=3), every_n_iter=EVERY)
    add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=10)
    add_coffee_break(solver, NoteEpoch(), every_n_epoch=1)
    add_coffee_break(solver, Tell(), every_n_iter=1)
    return solver


def main(listing: str, folder: Path) -> None:
    logging.getLogger("mocha").setLevel(logging.WARNING)
    common = layers()
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])
    accuracy = AccuracyLayer(name="test", bottoms=["ip2", "label"])
    data = HDF5DataLayer(name="data", source=listing, batch_size=BATCH, shuffle=True)
    test_data = HDF5DataLayer(name="test-data", source=listing, batch_size=BATCH)
    with DefaultBackend(seed=3) as backend:
        test_net = Net("test", backend, [test_data, *common, accuracy], phase="test")
        with Net("train", backend, [data, *common, loss]) as net, test_net:
            solve(make_solver(folder, test_net), net)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
