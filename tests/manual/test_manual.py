"""The v0.0.2 manual's two programs, line for line, from `mocha_core.manual`; only sizes and iterations are smaller."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mocha_core.manual import *

from .conftest import write

mocha_cpu = pytest.importorskip("mocha_cpu", reason="the manual's CPUBackend is in mocha_cpu, which is not installed")
CPUBackend = mocha_cpu.CPUBackend


def lists(folder: Path, shape: tuple[int, ...]) -> None:
    (folder / "data").mkdir()
    for name, count in (("train", 192), ("test", 200)):
        write(folder / "data" / f"{name}.hdf5", shape, count, seed=count)
        (folder / "data" / f"{name}.txt").write_text(f"data/{name}.hdf5\n")


def test_lenet_on_mnist(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mocha")
    lists(folder, (1, 28, 28))
    data_layer = HDF5DataLayer(name="train-data", source="data/train.txt", batch_size=64)
    conv_layer = ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv"])
    pool_layer = PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv"], tops=["pool"])
    conv2_layer = ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool"], tops=["conv2"])
    pool2_layer = PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"])
    fc1_layer = InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"])
    fc2_layer = InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"])
    loss_layer = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])

    sys = System(CPUBackend())
    init(sys)

    common_layers = [conv_layer, pool_layer, conv2_layer, pool2_layer, fc1_layer, fc2_layer]
    net = Net("MNIST-train", sys, [data_layer, *common_layers, loss_layer])

    params = SolverParameters(max_iter=20, regu_coef=0.0005, momentum=0.9, lr_policy=LRPolicy.Inv(0.01, 0.0001, 0.75))
    solver = SGD(params)

    add_coffee_break(solver, TrainingSummary(), every_n_iter=10)
    add_coffee_break(solver, Snapshot("snapshots", auto_load=True), every_n_iter=10)

    data_layer_test = HDF5DataLayer(name="test-data", source="data/test.txt", batch_size=100)
    acc_layer = AccuracyLayer(name="test-accuracy", bottoms=["ip2", "label"])
    test_net = Net("MNIST-test", sys, [data_layer_test, *common_layers, acc_layer])
    add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=10)

    solve(solver, net)

    destroy(net)
    destroy(test_net)
    shutdown(sys)

    assert (folder / "snapshots" / "snapshot-000020.h5").is_file()
    assert any("Accuracy (avg over 200)" in line for line in caplog.messages)

    # The same program started again finds its snapshot and has nothing left to do.
    caplog.clear()
    again = SGD(params)
    add_coffee_break(again, Snapshot("snapshots", auto_load=True), every_n_iter=10)
    sys = System(CPUBackend())
    solve(again, Net("MNIST-train", sys, [data_layer, *common_layers, loss_layer]))
    assert any("snapshot-000020.h5" in line for line in caplog.messages)


def test_cifar10(folder: Path) -> None:
    lists(folder, (3, 32, 32))
    data_tr_layer = HDF5DataLayer(name="data-train", source="data/train.txt", batch_size=64)
    data_tt_layer = HDF5DataLayer(name="data-test", source="data/test.txt", batch_size=100)

    conv1_layer = ConvolutionLayer(
        name="conv1",
        n_filter=32,
        kernel=(5, 5),
        pad=(2, 2),
        stride=(1, 1),
        filter_init=GaussianInitializer(std=0.0001),
        bottoms=["data"],
        tops=["conv1"],
    )
    pool1_layer = PoolingLayer(
        name="pool1", kernel=(3, 3), stride=(2, 2), neuron=Neurons.ReLU(), bottoms=["conv1"], tops=["pool1"]
    )
    norm1_layer = LRNLayer(
        name="norm1",
        kernel=3,
        scale=5e-5,
        power=0.75,
        mode=LRNMode.WithinChannel(),
        bottoms=["pool1"],
        tops=["norm1"],
    )
    conv2_layer = ConvolutionLayer(
        name="conv2",
        n_filter=32,
        kernel=(5, 5),
        pad=(2, 2),
        stride=(1, 1),
        filter_init=GaussianInitializer(std=0.01),
        bottoms=["norm1"],
        tops=["conv2"],
        neuron=Neurons.ReLU(),
    )
    pool2_layer = PoolingLayer(
        name="pool2", kernel=(3, 3), stride=(2, 2), pooling=Pooling.Mean(), bottoms=["conv2"], tops=["pool2"]
    )
    ip1_layer = InnerProductLayer(
        name="ip1",
        output_dim=10,
        weight_init=GaussianInitializer(std=0.01),
        weight_regu=L2Regu(250),
        bottoms=["pool2"],
        tops=["ip1"],
    )
    loss_layer = SoftmaxLossLayer(name="softmax", bottoms=["ip1", "label"])
    acc_layer = AccuracyLayer(name="accuracy", bottoms=["ip1", "label"])

    common_layers = [conv1_layer, pool1_layer, norm1_layer, conv2_layer, pool2_layer, ip1_layer]
    sys = System(CPUBackend())
    init(sys)
    net = Net("CIFAR10-train", sys, [data_tr_layer, *common_layers, loss_layer])

    lr_policy = LRPolicy.Staged(
        (6, LRPolicy.Fixed(0.001)),
        (2, LRPolicy.Fixed(0.0001)),
        (2, LRPolicy.Fixed(0.00001)),
    )
    solver_params = SolverParameters(max_iter=10, regu_coef=0.004, momentum=0.9, lr_policy=lr_policy)
    solver = SGD(solver_params)
    add_coffee_break(solver, TrainingSummary(), every_n_iter=5)
    add_coffee_break(solver, Snapshot("snapshots", auto_load=True), every_n_iter=5)
    test_net = Net("CIFAR10-test", sys, [data_tt_layer, *common_layers, acc_layer])
    add_coffee_break(solver, ValidationPerformance(test_net), every_n_iter=10)
    solve(solver, net)
    assert net.objective() < 3
