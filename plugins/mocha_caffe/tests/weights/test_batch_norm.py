"""BatchNorm's blobs: sums and their weight, NVIDIA's averages."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, save_wire

from .models import load, prototxt, values

NET = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }
layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn" %s }
"""
MEAN, VAR = np.array([1.0, 2.0, 3.0], np.float32), np.array([4.0, 5.0, 6.0], np.float32)


def loaded(tmp_path, blobs, more="", **options):
    net = Message("NetParameter")
    net.make("layer", name="bn", type="BatchNorm").blobs = [make_blob(np.asarray(blob, np.float32)) for blob in blobs]
    save_wire(net, tmp_path / "w.caffemodel")
    return load(prototxt(tmp_path, NET % more), tmp_path / "w.caffemodel", **options)


def assert_averages(net, mean, var):
    found = values(net)
    np.testing.assert_allclose(found["bn___mean"], mean, rtol=1e-6)
    np.testing.assert_allclose(found["bn___var"], var, rtol=1e-6)


def test_sums_are_divided_by_their_weight(tmp_path):
    net = loaded(tmp_path, [8 * MEAN, 8 * VAR, [8.0]])
    assert_averages(net, MEAN, VAR)
    assert values(net)["bn___count"] == 8


def test_nvidias_zero_means_that_they_are_averages(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "mocha"):
        assert_averages(loaded(tmp_path, [MEAN, VAR, [0.0]]), MEAN, VAR)
    assert "layer 'bn' (BatchNorm): its third blob is 0; mean and variance are taken as they are" in caplog.text


def test_nvidias_averages_are_not_forgotten_by_more_training(tmp_path):
    """They count as those of a long training: one batch changes them by 1 - moving_average_fraction."""
    said = "batch_norm_param { moving_average_fraction: 0.9 }"
    net = loaded(tmp_path, [MEAN, VAR, [0.0]], said, phase="train")
    net.blob("data").set(np.zeros((2, 3, 5, 4)))
    net.forward()
    np.testing.assert_allclose(values(net)["bn___mean"], 0.9 * MEAN, rtol=1e-5)


def test_before_any_training_all_are_zero(tmp_path):
    assert_averages(loaded(tmp_path, [0 * MEAN, 0 * VAR, [0.0]]), 0 * MEAN, 0 * VAR)


def test_nvidias_four_axes(tmp_path):
    assert_averages(loaded(tmp_path, [MEAN.reshape(1, 3, 1, 1), VAR.reshape(1, 3, 1, 1), [1.0]]), MEAN, VAR)


def test_nvidias_scale_and_bias_in_the_same_layer(tmp_path):
    gamma, beta = np.array([1.0, -1.0, 2.0]), np.array([0.5, 0.0, -0.5])
    net = loaded(tmp_path, [MEAN, VAR, [1.0], gamma, beta], "batch_norm_param { scale_bias: true eps: 0.001 }")
    assert_normalised(net, gamma, beta, 0.001)


@pytest.mark.parametrize(("said", "statistics"), [("", "phase"), ("true", "running"), ("false", "batch")])
def test_use_global_stats(tmp_path, said, statistics):
    more = f"batch_norm_param {{ use_global_stats: {said} }}" if said else ""
    assert loaded(tmp_path, [MEAN, VAR, [1.0]], more).given[1].statistics == statistics


def assert_normalised(net, gamma, beta, eps):
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)
    sides = (3, 1, 1)
    wanted = (x - MEAN.reshape(sides)) / np.sqrt(VAR.reshape(sides) + eps) * gamma.reshape(sides) + beta.reshape(sides)
    np.testing.assert_allclose(net.predict(x), wanted, rtol=1e-5, atol=1e-6)
