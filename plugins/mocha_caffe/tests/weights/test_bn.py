"""BN of the forks: PSPNet's and ICNet's four blobs, SegNet's and ENet's two, before and after folding."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import BatchNormLayer, ScaleLayer

from .models import load, prototxt, values

NET = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }
layer { name: "bn" type: "BN" bottom: "data" top: "bn" bn_param { %s } }
"""
X = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)
GAMMA, BETA = np.array([1.0, -1.0, 2.0], np.float32), np.array([0.5, 0.0, -0.5], np.float32)
MEAN, VAR = np.array([1.0, 2.0, 3.0], np.float32), np.array([4.0, 5.0, 6.0], np.float32)


def loaded(tmp_path, said="", blobs=(GAMMA, BETA, MEAN, VAR), shape=(1, 3, 1, 1), **options):
    net = Message("NetParameter")
    net.make("layer", name="bn", type="BN").blobs = [make_blob(blob.reshape(shape)) for blob in blobs]
    save_wire(net, tmp_path / "w.caffemodel")
    return load(prototxt(tmp_path, NET % said), tmp_path / "w.caffemodel", **options)


def normalised(eps, mean=MEAN, var=VAR):
    wide = (1, 3, 1, 1)
    centred = (X - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return centred * GAMMA.reshape(wide) + BETA.reshape(wide)


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (1, 3), (3,)])
@pytest.mark.parametrize(
    ("said", "eps"),
    [
        ("", 1e-5),
        ("eps: 0.01 momentum: 0.95", 0.01),
        ("slope_filler { type: 'constant' value: 1 } bias_filler { type: 'constant' value: 0 } frozen: true", 1e-5),
        ("scale_filler { value: 1 } shift_filler { value: 0 } var_eps: 0.02 moving_average: true", 0.02),
        ("decay: 0.1", 1e-10),
    ],
)
def test_four_blobs_are_slope_bias_mean_and_variance(tmp_path, said, eps, shape):
    net = loaded(tmp_path, said, shape=shape)
    np.testing.assert_allclose(net.predict(X), normalised(eps), rtol=1e-5, atol=1e-6)


BATCH = {"mean": X.mean(axis=(0, 2, 3)), "var": X.var(axis=(0, 2, 3))}


@pytest.mark.parametrize("said", ["bn_mode: LEARN", "scale_filler { value: 1 } shift_filler { value: 0.001 }"])
def test_segnets_normalises_by_the_batch_also_in_testing(tmp_path, said):
    net = loaded(tmp_path, said, blobs=(GAMMA, BETA))
    np.testing.assert_allclose(net.predict(X), normalised(1e-9, **BATCH), rtol=1e-4, atol=1e-5)


def test_without_its_moving_average_pspnets_does_so_too(tmp_path):
    net = loaded(tmp_path, "moving_average: false")
    np.testing.assert_allclose(net.predict(X), normalised(1e-10, **BATCH), rtol=1e-4, atol=1e-5)


def test_segnets_folded_scales_only(tmp_path):
    net = loaded(tmp_path, "bn_mode: INFERENCE", blobs=(GAMMA, BETA))
    wide = (1, 3, 1, 1)
    np.testing.assert_allclose(net.predict(X), X * GAMMA.reshape(wide) + BETA.reshape(wide), rtol=1e-5, atol=1e-6)


def test_a_frozen_one_does_not_learn(tmp_path):
    frozen = loaded(tmp_path, "frozen: true", phase="train")
    normal, scale = frozen.given[1:]
    assert isinstance(normal, BatchNormLayer)
    assert isinstance(scale, ScaleLayer)
    assert (normal.statistics, scale.scale_lr, scale.bias_lr) == ("running", 0.0, 0.0)
    assert frozen.frozen == {"bn/scale"}
    assert not loaded(tmp_path, phase="train").frozen


def test_more_training_changes_the_averages_by_one_minus_momentum(tmp_path):
    net = loaded(tmp_path, "momentum: 0.75", phase="train", keep=["bn"])
    net.blob("data").set(X)
    net.forward()
    wide = (1, 3, 1, 1)
    seen = X.mean(axis=(0, 2, 3), keepdims=True)
    mean = values(net)["bn___mean"]
    np.testing.assert_allclose(mean, (0.75 * MEAN.reshape(wide) + 0.25 * seen).reshape(-1), rtol=1e-5)
