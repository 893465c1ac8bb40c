"""LeNet learns to read scikit-learn's handwritten digits, in under a minute on two cores.

Leaves a snapshot, statistics, a learning curve and a picture of the misread digits in runs/demo.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path

import digits
import numpy as np
import pictures

from mocha_core import (
    SGD,
    AccuracyLayer,
    Backend,
    ConvolutionLayer,
    DefaultBackend,
    InnerProductLayer,
    Layer,
    LRPolicy,
    MemoryDataLayer,
    MochaError,
    MomPolicy,
    Net,
    Neurons,
    PoolingLayer,
    ProgressBar,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    TrainingSummary,
    ValidationPerformance,
    add_coffee_break,
    make_solver_parameters,
    setup_coffee_lounge,
    solve,
)

GOAL = 0.97


def lenet() -> list[Layer]:
    """The layers between data and loss, as in examples/mnist."""
    return [
        ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv"]),
        PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv"], tops=["pool"]),
        ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool"], tops=["conv2"]),
        PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"]),
        InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"]),
    ]


def nets(backend: Backend, train: digits.Digits, test: digits.Digits) -> tuple[Net, Net]:
    """One net that learns and one that is tested, of the same layers: they share their parameters."""
    layers = lenet()
    data = MemoryDataLayer(name="train-data", data=[train.images, train.labels], batch_size=64, shuffle=True)
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])
    test_data = MemoryDataLayer(name="test-data", data=[test.images, test.labels], batch_size=len(test))
    accuracy = AccuracyLayer(name="test", bottoms=["ip2", "label"])
    return (
        Net("digits-train", backend, [data, *layers, loss]),
        Net("digits-test", backend, [test_data, *layers, accuracy], phase="test"),
    )


def train(net: Net, test_net: Net, folder: Path, iterations: int) -> Solver:
    """Train with a learning rate that falls, and coffee breaks for statistics, snapshots and the display."""
    method = SGD()
    params = make_solver_parameters(
        method,
        max_iter=iterations,
        regu_coef=0.0005,
        mom_policy=MomPolicy.Fixed(0.9),
        lr_policy=LRPolicy.Inv(0.01, 0.001, 0.75),
    )
    solver = Solver(method, params)
    setup_coffee_lounge(solver, save_into=folder / "statistics.h5", every_n_iter=100, file_exists="overwrite")
    add_coffee_break(solver, TrainingSummary("obj_val"), every_n_iter=1)
    add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=50)
    add_coffee_break(solver, ProgressBar("obj_val", "test-accuracy", seconds=2), every_n_iter=1)
    add_coffee_break(solver, Snapshot(folder, keep=1), every_n_iter=iterations)
    solve(solver, net)
    return solver


def report(net: Net, solver: Solver, test: digits.Digits, folder: Path) -> float:
    """Draw the pictures; the share of test digits that the trained net reads rightly."""
    labels = test.labels[:, 0].astype(int)
    guesses = np.argmax(net.predict(test.images), axis=1)
    lounge = solver.coffee_lounge
    pictures.learning_curve(
        lounge.get_statistics("obj_val"), lounge.get_statistics("test-accuracy"), folder / "learning-curve.png"
    )
    pictures.misclassified(test.images, labels, guesses, folder / "misclassified.png")
    return float(np.mean(guesses == labels))


def _said(backend: Backend) -> tuple[str, ...]:
    """What the backend's own package says of it, for example which instructions it uses."""
    return backend.registry.reports[:1]


def main() -> int:
    """Train, test, draw; the exit status is 0 if the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("runs/demo"), metavar="DIR", help="folder for what it leaves")
    parser.add_argument("--backend", help="its name; otherwise the best that works here")
    parser.add_argument("--max-iter", type=int, default=350)
    options = parser.parse_args()
    if options.max_iter < 1:
        parser.error(f"--max-iter is at least 1, not {options.max_iter}")
    logging.getLogger("mocha").setLevel(logging.ERROR)  # the display says it already

    began = time.perf_counter()
    training, test = digits.load()
    with DefaultBackend(options.backend, seed=1) as backend:
        net, test_net = nets(backend, training, test)
        print(f"LeNet on {len(training)} handwritten digits", f"backend {backend.name!r}", *_said(backend), sep=", ")
        with net, test_net:
            solver = train(net, test_net, options.to, options.max_iter)
            accuracy = report(net, solver, test, options.to)
    print(f"{accuracy:.2%} of {len(test)} test digits read rightly, after {time.perf_counter() - began:.0f} s")
    print(f"Look into {options.to}: {', '.join(sorted(path.name for path in options.to.iterdir()))}")
    return 0 if accuracy >= GOAL else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MochaError as error:
        sys.exit(f"demo.py: {error}")
