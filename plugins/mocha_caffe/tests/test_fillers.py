"""Caffe's fillers that Mocha itself does not have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_caffe.fillers import SparseGaussianInitializer, UnitBallInitializer, VarianceXavierInitializer
from mocha_core import NoCons, NoRegu, NullInitializer, OptionError, ParamSpec
from mocha_core.random import Stream

SHAPE = (40, 30, 5, 5)


def drawn(initializer, shape=SHAPE):
    return initializer.values(ParamSpec("w", shape, NullInitializer(), NoRegu(), NoCons()), Stream(0, "layer", "w"))


@pytest.mark.parametrize(("fan", "n"), [("out", 40 * 25), ("average", (30 * 25 + 40 * 25) / 2)])
def test_xavier(fan, n):
    values = drawn(VarianceXavierInitializer(fan))
    limit = math.sqrt(3 / n)
    assert 0.99 * limit < np.abs(values).max() < limit
    assert abs(values.mean()) < limit / 20


def test_xavier_by_inputs_is_mochas_own():
    with pytest.raises(OptionError, match="XavierInitializer"):
        VarianceXavierInitializer("in")


def test_sparse_gaussian_keeps_about_that_share():
    values = drawn(SparseGaussianInitializer(std=2.0, sparse=10))
    kept = values != 0
    assert abs(kept.mean() - 10 / 40) < 0.01
    assert values[kept].std() == pytest.approx(2.0, rel=0.05)


def test_unit_ball():
    values = drawn(UnitBallInitializer())
    assert values.min() > 0
    np.testing.assert_allclose(values.reshape(40, -1).sum(axis=1), 1.0)
