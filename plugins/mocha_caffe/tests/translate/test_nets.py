"""Whole nets of Caffe's from their own files: every blob, and ten iterations of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import Backend
from mocha_core.testing.opening import opened
from tests.oracles import training
from tests.oracles.dumps import Host, assert_agrees, read

from .zoos import open_zoo, run, values

SINGLE = 2.0**-23


@pytest.fixture(params=["reference", "cpu"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return opened(request.param)


def test_mixnet(backend: Backend, shared: Path) -> None:
    zoo = open_zoo(shared / "oracles" / "caffe" / "mixnet", dump="forward_test.h5")
    found = values(run(backend, zoo, "mixnet_iter_50.caffemodel"), zoo)
    assert len(found) == 17
    assert_agrees(found, SINGLE)


def test_lenet_learns_as_in_caffe(shared: Path) -> None:
    folder = shared / "oracles" / "caffe" / "lenet"
    caffe = read(folder / "trajectory_float64.h5")
    net = mocha.load(
        folder / "train.prototxt",
        folder / "init.caffemodel",
        backend=opened("cpu"),
        phase="train",
        dtype="float64",
    )
    with net:
        ours = training.train(net, caffe["lr"], momentum=0.9, weight_decay=0.0005, at=(1, 10))
    weights = {name: (array, caffe[name]) for name, array in ours.arrays.items() if "/params/" in name}
    pairs = {name: (_rows(mine, its), its) for name, (mine, its) in weights.items()}
    assert len(pairs) == 2 * 8
    assert_agrees({"losses": (ours.losses, caffe["loss"])} | pairs, 1e-12)


def _rows(ours: Host, caffe: Host) -> Host:
    """Of the weight of ip1 Caffe's dump holds the first rows only."""
    return ours[: len(caffe)] if ours.ndim == 2 and len(ours) > len(caffe) > 1 else ours


@pytest.mark.parametrize("weights", ["lenet_v1.caffemodel"])
def test_a_v1_net_is_the_upgraded_one(weights: str, shared: Path) -> None:
    folder = shared / "oracles" / "caffe" / "legacy"
    images = np.random.default_rng(0).random((3, 1, 28, 28), np.float32)
    nets = ("lenet_v1.prototxt", "lenet_v1_upgraded.prototxt")
    old, new = (
        mocha.load(folder / net, folder / weights, backend=opened("cpu")).predict(images) for net in nets
    )
    assert old.shape == (3, 10)
    assert (old == new).all()
    alone = mocha.load(folder / weights, backend=opened("cpu"), shapes={"data": images.shape})
    assert (alone.predict(images) == old).all()
