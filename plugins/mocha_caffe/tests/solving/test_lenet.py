"""LeNet: ten updates from Caffe's own files through the command line; and a trained one on the test set of MNIST."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe import open_training
from mocha_caffe.formats import blob_array, open_wire
from mocha_core.cli.main import main
from mocha_core.data.convert.idx import parse_idx
from mocha_core.testing.opening import opened
from tests.oracles.dumps import assert_agrees, read

from .test_oracles import LIMIT, trajectory

CPU = ["--backend", "cpu", "--dtype", "float64"]


@pytest.fixture
def folder(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caffe's files; the test data that they name, which are not there, in the working directory."""
    found = shared / "oracles" / "caffe" / "lenet"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test.txt").write_text(f"{found / 'train.h5'}\n")
    return found


def test_ten_updates_in_double_precision(folder: Path) -> None:
    caffe = read(folder / "trajectory_float64.h5")
    options = {"weights": folder / "init.caffemodel", "max_iter": 10, "dtype": "float64"}
    with open_training(folder / "solver.prototxt", backend=opened("cpu"), **options) as training:
        ours = trajectory(training, 10)
    rows = {key: len(caffe[key]) for key in caffe if key.endswith("params/ip1/0")}
    compared = {key: (ours[key][: rows.get(key)], caffe[key]) for key in caffe if key in ours}
    assert len(compared) == 1 + 2 * 8
    assert_agrees(compared, LIMIT)


def test_ten_updates_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    arguments = ["-solver", str(folder / "solver.prototxt"), f"-weights={folder / 'init.caffemodel'}"]
    assert main(["caffe", "train", *arguments, "--iterations", "10", *CPU]) == 0
    caffe = read(folder / "trajectory_float64.h5")
    saved = open_wire(tmp_path / "lenet_iter_10.caffemodel")
    blobs = {f"{layer.name}/{k}": blob_array(blob) for layer in saved.layer for k, blob in enumerate(layer.blobs)}
    theirs = {name: caffe[f"iter_0010/params/{name}"] for name in blobs}
    compared = {name: (blobs[name][: len(theirs[name])], theirs[name]) for name in blobs}
    assert len(compared) == 8
    assert_agrees(compared, LIMIT)


def test_mnist(shared: Path) -> None:
    images, labels = (
        parse_idx(path, gzip.decompress(path.read_bytes()), rank)
        for path, rank in (
            (shared / "data" / "mnist" / "t10k-images-idx3-ubyte.gz", 3),
            (shared / "data" / "mnist" / "t10k-labels-idx1-ubyte.gz", 1),
        )
    )
    model = shared / "data" / "caffe" / "lenet_mnist" / "lenet_iter_9000.caffemodel"
    with mocha.load(model, backend="cpu", shapes={"data": (500, 1, 28, 28)}) as net:
        parts = [net.predict(images[k : k + 500, None] / np.float32(256)) for k in range(0, len(images), 500)]
    right = np.concatenate(parts).argmax(axis=1) == labels
    assert len(right) == 10_000
    assert right.mean() >= 0.991
