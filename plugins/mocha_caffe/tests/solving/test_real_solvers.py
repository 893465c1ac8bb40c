"""Solvers of real models."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from mocha_caffe import CaffeLR, open_training, read_recipe
from mocha_caffe.formats import read_solver
from mocha_caffe.solving.methods import parameters_of
from mocha_caffe.weights.stored import open_weights
from mocha_core import SGD, MomPolicy
from mocha_core.testing.opening import opened


def f32(value: float) -> float:
    return float(np.float32(value))


def test_squeezenet(shared: Path) -> None:
    message = read_solver(shared / "data" / "caffe" / "squeezenet_v1.1" / "solver.prototxt")
    params = parameters_of(message)
    assert params.method == SGD()
    assert params["mom_policy"] == MomPolicy.Fixed(f32(0.9))
    assert (params["max_iter"], params["iter_size"], params["regu_coef"]) == (170_000, 16, f32(0.0002))
    assert params["lr_policy"](1) == f32(0.04)
    assert params["lr_policy"](85_001) == f32(0.04) / 2
    assert (message.average_loss, list(message.test_iter), message.test_initialization) == (40, [2000], False)


@pytest.fixture
def mixnet(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caffe's files; its training data are not kept, so others stand in the working directory."""
    rng = np.random.default_rng(3)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["data"] = rng.normal(size=(64, 3, 24, 24)).astype(np.float32)
        file["label"] = rng.integers(0, 10, 64).astype(np.float32)
    (tmp_path / "train.txt").write_text("data.h5\n")
    monkeypatch.chdir(tmp_path)
    return shared / "oracles" / "caffe" / "mixnet"


def test_mixnet_trains_further_and_its_file_keeps_caffes_form(mixnet: Path, tmp_path: Path) -> None:
    before = mixnet / "mixnet_iter_50.caffemodel"
    recipe = read_recipe(mixnet / "solver.prototxt")
    policy = recipe.params["lr_policy"]
    assert isinstance(policy, CaffeLR)
    assert [policy(k) / f32(0.02) for k in (1, 20, 21, 41)] == [1, 1, 0.5, 0.25]
    with open_training(mixnet / "solver.prototxt", backend=opened("cpu"), weights=before, max_iter=3) as training:
        training.solve()
    with open_weights(before) as old, open_weights(tmp_path / "mixnet_iter_3.caffemodel") as new:
        assert {name: [blob.shape for blob in blobs] for name, blobs in new.items()} == {
            name: [blob.shape for blob in blobs] for name, blobs in old.items()
        }
        changed = {name for name in new if not np.array_equal(_first(new[name]), _first(old[name]))}
        count = float(old["bn1"][2].read((1,))[0])
        assert float(new["bn1"][2].read((1,))[0]) > count * 0.95**4
    assert changed == set(new)


def _first(blobs) -> np.ndarray:
    return blobs[0].read(blobs[0].shape)
