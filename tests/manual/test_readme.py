"""The old readme's program, line for line, and our README's; only the numbers of iterations are smaller."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mocha_core import *
from mocha_core import load_statistics

from .conftest import write

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def lists(folder: Path) -> Path:
    for name, count in (("train", 192), ("test", 200)):
        write(folder / f"{name}.hdf5", (1, 28, 28), count, seed=count)
        (folder / f"{name}-data-list.txt").write_text(f"{name}.hdf5\n")
    return folder


def check(folder: Path, messages: list[str]) -> None:
    """What the program leaves and tells."""
    statistics = load_statistics(folder / "snapshots" / "statistics.h5")
    assert statistics["test-accuracy-accuracy"][30] > 0.95
    assert sorted(statistics["obj_val"]) == [0, 10, 20, 30]
    snapshots = {p.name for p in (folder / "snapshots").glob("snapshot-*.h5")}
    assert snapshots == {f"snapshot-{n:06d}.h5" for n in (0, 15, 30)}
    assert any("TRAIN iter=000030 obj_val=" in line for line in messages)
    assert any("Accuracy (avg over 200) =" in line for line in messages)


def test_our_readme(lists: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "mocha")
    program = re.search(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert program
    shorter = {"10000": "30", "1000": "10", "100": "10", "5000": "15"}
    text = re.sub(r"(max_iter|every_n_iter)=(\d+)", lambda m: f"{m[1]}={shorter[m[2]]}", program[1])
    exec(compile(text, "README.md", "exec", dont_inherit=True), {})
    check(lists, caplog.messages)


def test_hello_world(lists: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "mocha")
    data = HDF5DataLayer(name="train-data", source="train-data-list.txt", batch_size=64)
    conv = ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv"])
    pool = PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv"], tops=["pool"])
    conv2 = ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool"], tops=["conv2"])
    pool2 = PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"])
    fc1 = InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"])
    fc2 = InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"])
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])

    backend = DefaultBackend()
    init(backend)

    common_layers = [conv, pool, conv2, pool2, fc1, fc2]
    net = Net("MNIST-train", backend, [data, *common_layers, loss])

    exp_dir = "snapshots"
    solver_method = SGD()
    params = make_solver_parameters(
        solver_method,
        max_iter=30,
        regu_coef=0.0005,
        mom_policy=MomPolicy.Fixed(0.9),
        lr_policy=LRPolicy.Inv(0.01, 0.0001, 0.75),
        load_from=exp_dir,
    )
    solver = Solver(solver_method, params)

    setup_coffee_lounge(solver, save_into=f"{exp_dir}/statistics.h5", every_n_iter=10)

    # report training progress every 10 iterations
    add_coffee_break(solver, TrainingSummary(), every_n_iter=10)

    # save snapshots every 15 iterations
    add_coffee_break(solver, Snapshot(exp_dir), every_n_iter=15)

    # show performance on test data every 10 iterations
    data_test = HDF5DataLayer(name="test-data", source="test-data-list.txt", batch_size=100)
    accuracy = AccuracyLayer(name="test-accuracy", bottoms=["ip2", "label"])
    test_net = Net("MNIST-test", backend, [data_test, *common_layers, accuracy])
    add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=10)

    solve(solver, net)

    destroy(net)
    destroy(test_net)
    shutdown(backend)

    check(lists, caplog.messages)
