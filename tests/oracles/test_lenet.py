"""The manual's LeNet against Caffe: first gradients, and ten updates by SGD."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mocha_core import Backend, L2Regu, Net

from . import training, wire
from .dumps import Arrays, Host, assert_agrees, read
from .zoo import gradients

L2 = L2Regu(0.5)


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "oracles" / "caffe" / "lenet"


@pytest.fixture
def net(backend: Backend, folder: Path, tmp_path: Path) -> Iterator[Net]:
    layers = [training.data(folder, tmp_path, 64), *training.lenet(L2)]
    with training.open_net(backend, layers, wire.weights(folder / "init.caffemodel")) as net:
        yield net


def pairs(ours: Arrays, caffe: Arrays) -> dict[str, tuple[Host, Host]]:
    """Ours and Caffe's; of the weight of ip1 Caffe's dump holds the first rows only."""
    rows = {name: len(caffe[name]) if "ip1/0" in name else None for name in ours}
    return {name: (array[: rows[name]], caffe[name]) for name, array in ours.items()}


def test_first_gradients(net: Net, folder: Path) -> None:
    caffe = read(folder / "gradients_float64.h5")
    loss = net.forward_backward()
    ours = {f"grad/{name}": gradient for name, gradient in gradients(net).items()}
    assert len(ours) == 8
    assert_agrees({"loss": (loss, caffe["loss"])} | pairs(ours, caffe))


@pytest.mark.parametrize("backend", ["reference", "cpu"], indirect=True)
def test_trajectory(net: Net, folder: Path) -> None:
    caffe = read(folder / "trajectory_float64.h5")
    ours = training.train(net, caffe["lr"], momentum=0.9, weight_decay=0.0005, at=(1, 10))
    weights = {name: array for name, array in ours.arrays.items() if "/params/" in name}
    assert len(weights) == 2 * 8
    assert_agrees({"losses": (ours.losses, caffe["loss"])} | pairs(weights, caffe))
