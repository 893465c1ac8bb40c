"""A net that learns from an LMDB, through its train_val.prototxt."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe.data import write_mean
from mocha_caffe.data.averaging import mean_image
from mocha_caffe.data.datum_pictures import DatumPictures
from mocha_core import SGD, LRPolicy, MomPolicy, Net, Snapshot, Solver, solve
from mocha_core.cli.main import main
from mocha_core.testing.opening import opened

from .databases import planes, write_images

COLOURS = np.random.default_rng(5).integers(0, 200, (10, 3, 1, 1))
IMAGES = (planes(10, 3, 12, 11) // 5 + COLOURS).astype(np.uint8)
"""Ten classes, each of a colour of its own."""
NET = """
name: "tiny"
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  transform_param { mirror: true crop_size: 8 mean_file: "mean.binaryproto" scale: 0.0078125 }
  data_param { source: "train_lmdb" batch_size: 4 backend: LMDB rand_skip: 5 } }
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST }
  transform_param { crop_size: 8 mean_file: "mean.binaryproto" scale: 0.0078125 }
  data_param { source: "train_lmdb" batch_size: 5 backend: LMDB } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include { phase: TEST } }
"""


@pytest.fixture
def model(tmp_path) -> Path:
    write_images(tmp_path / "train_lmdb", IMAGES)
    write_mean(tmp_path / "mean.binaryproto", mean_image(DatumPictures(str(tmp_path / "train_lmdb"))))
    (tmp_path / "train_val.prototxt").write_text(NET)
    return tmp_path / "train_val.prototxt"


def load(model: Path, phase: str = "train", **options) -> Net:
    return mocha.load(model, phase=phase, backend=opened("cpu"), **options)


def train(model: Path, folder: Path | None, max_iter: int, **params) -> dict[str, bytes]:
    net = load(model)
    method = SGD()
    policies = {"lr_policy": LRPolicy.Fixed(0.05), "mom_policy": MomPolicy.Fixed(0.9)}
    solver = Solver(method, {"max_iter": max_iter, "regu_coef": 0.001, **policies, **params})
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=1)
    solve(solver, net)
    return {each.path: each.blob.to_array().tobytes() for each in net.all_parameters}


@pytest.mark.parametrize("stop", [1, 6])
def test_interrupted_and_resumed_it_learns_the_same_bit_for_bit(model, tmp_path, stop):
    straight = train(model, None, 13)
    train(model, tmp_path / "snapshots", stop)
    assert train(model, tmp_path / "snapshots", 13, load_from=tmp_path / "snapshots") == straight


def test_of_another_position_it_would_be_another_training(model, tmp_path):
    """So that the test above can fail."""
    straight = train(model, None, 13)
    train(model, tmp_path / "snapshots", 6)
    model.write_text(NET.replace("mirror: true", "mirror: false"))
    assert train(model, tmp_path / "snapshots", 13, load_from=tmp_path / "snapshots") != straight


def test_it_learns(model):
    before, after = load(model, "test"), load(model, "test")
    before.init()
    before.forward_epoch()
    net = load(model)
    solver = Solver(SGD(), {"max_iter": 150, "lr_policy": LRPolicy.Fixed(0.05), "mom_policy": MomPolicy.Fixed(0.9)})
    solve(solver, net)
    for mine, its in zip(after.all_parameters, net.all_parameters, strict=True):
        mine.load(its.blob.to_array())
    after.forward_epoch()
    assert before.statistics()["accuracy-accuracy"] <= 0.5
    assert after.statistics()["accuracy-accuracy"] == 1.0


def test_predictions_crop_the_middle_and_subtract_the_mean(model):
    net, test = load(model), load(model, "test", keep=["ip"])
    net.init()
    for mine, its in zip(test.all_parameters, net.all_parameters, strict=True):
        mine.load(its.blob.to_array())
    test.run_forward()
    expected = test.blob("ip").to_array()
    found = net.predict(IMAGES[:5].astype(np.float32), outputs="ip")
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_as_python_source_it_reads_the_same_data(model, tmp_path):
    assert main(["caffe", "to-python", str(model), "-o", str(tmp_path / "tiny.py")]) == 0
    layers = runpy.run_path(str(tmp_path / "tiny.py"))["LAYERS"]
    for phase in ("train", "test"):
        (mine,) = [layer for layer in layers if layer.traits.source and phase in layer.phases]
        assert mine.replace(phases=("train", "test")) == load(model, phase).given[0]
