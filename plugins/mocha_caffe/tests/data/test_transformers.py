"""Means from files, and mirroring in both phases."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_caffe.data import AlwaysRandomMirror, SubMeanFile, write_mean
from mocha_core import DataError, OptionError, RandomMirror
from mocha_core.data.pipeline import Pipeline

MEAN = np.random.default_rng(0).normal(100, 20, (3, 8, 10)).astype(np.float32)
X = np.random.default_rng(1).integers(0, 256, (4, 3, 8, 10)).astype(np.float32)


def run(transformer, x, batch=0):
    pipeline = Pipeline([(0, transformer)], x.shape, "float32", seed=3, owner="data")
    out = np.empty(pipeline.shape, "float32")
    pipeline.target(out)[...] = x
    pipeline.run(out, batch)
    return out


@pytest.fixture
def mean_file(tmp_path) -> str:
    write_mean(tmp_path / "mean.binaryproto", MEAN)
    return str(tmp_path / "mean.binaryproto")


def test_a_mean_image(mean_file):
    np.testing.assert_array_equal(run(SubMeanFile(mean_file), X), X - MEAN)


def test_of_a_larger_mean_image_the_middle_and_that_is_said_once(mean_file, caplog):
    with caplog.at_level(logging.WARNING, "mocha"):
        for _ in range(3):
            y = run(SubMeanFile(mean_file), X[..., :5, :7])
    np.testing.assert_array_equal(y, X[..., :5, :7] - MEAN[:, 1:6, 1:8])
    (record,) = caplog.records
    text = record.getMessage()
    assert text.endswith("is 8 x 10, the samples are 5 x 7: its middle is subtracted")
    assert mean_file in text


def test_one_number_for_each_channel(tmp_path):
    np.save(tmp_path / "mean.npy", np.array([1.0, 2, 3]))
    y = run(SubMeanFile(str(tmp_path / "mean.npy")), X)
    np.testing.assert_array_equal(y, X - np.array([1, 2, 3], np.float32)[:, None, None])


@pytest.mark.parametrize("shape", [(4, 1, 8, 10), (4, 3, 9, 10), (4, 3, 8, 11), (4, 30)])
def test_a_mean_that_does_not_fit(mean_file, shape):
    with pytest.raises(DataError, match=r"mean\.binaryproto has shape \(3, 8, 10\), a sample \(.*mocha caffe mean"):
        run(SubMeanFile(mean_file), np.zeros(shape, np.float32))


def test_a_missing_name():
    with pytest.raises(OptionError, match="mean_file is missing"):
        SubMeanFile("")


def test_mirroring_is_at_random_in_both_phases():
    mirror = AlwaysRandomMirror()
    many = np.repeat(X[:1], 64, axis=0)
    turned = (run(mirror, many) == many[..., ::-1]).all(axis=(1, 2, 3))
    kept = (run(mirror, many) == many).all(axis=(1, 2, 3))
    assert (turned ^ kept).all()
    assert 16 < turned.sum() < 48
    assert mirror.in_phase("test") is mirror
    assert RandomMirror().in_phase("test") is None


def test_it_turns_the_same_ones_as_mochas_own():
    np.testing.assert_array_equal(run(AlwaysRandomMirror(), X, 5), run(RandomMirror(), X, 5))
