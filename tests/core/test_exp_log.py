"""ExpLayer, LogLayer and ThresholdLayer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.exp import ExpLayer
from mocha_core.layers.log import LogLayer
from mocha_core.layers.threshold import ThresholdLayer

from .layer_math import both_namespaces, check_gradient, forward, grid, plan_of, tolerance

EXP = ExpLayer(name="exp", bottoms=["x"], tops=["y"])
LOG = LogLayer(name="log", bottoms=["x"], tops=["y"])
OPTIONS = [{}, {"base": 2}, {"base": 0.5, "scale": 1.5, "shift": 0.25}, {"base": 10.0, "scale": 2.0, "shift": 3.0}]
every_way = pytest.mark.parametrize("options", OPTIONS, ids=str)
X = grid(3, 4)


@both_namespaces
@every_way
def test_exp_against_a_loop(xp, options):
    layer = EXP.replace(**options)
    (y,) = forward(layer, xp, [X])
    for index in np.ndindex(*X.shape):
        expected = layer.base ** (layer.scale * X[index] + layer.shift)
        assert y[index] == pytest.approx(expected, rel=tolerance(16, 4.0))


@both_namespaces
@every_way
def test_log_against_a_loop(xp, options):
    layer, x = LOG.replace(**options), X + 3
    (y,) = forward(layer, xp, [x])
    for index in np.ndindex(*x.shape):
        expected = math.log(layer.scale * x[index] + layer.shift) / math.log(layer.base)
        assert y[index] == pytest.approx(expected, abs=tolerance(4, 4.0))


@both_namespaces
@every_way
def test_gradients_are_slopes(xp, options):
    check_gradient(EXP.replace(**options), xp, [X])
    check_gradient(LOG.replace(**options), xp, [X + 3])


@both_namespaces
def test_threshold_is_not_reached_by_the_number_itself(xp):
    layer = ThresholdLayer(name="large", threshold=0.5, bottoms=["x"], tops=["y"])
    (y,) = forward(layer, xp, [np.array([0.25, 0.5, np.nextafter(0.5, 1), -3.0])])
    assert y.tolist() == [0.0, 0.0, 1.0, 0.0]
    assert not layer.traits.backprop


def test_exp_may_lie_on_its_bottom_and_log_not():
    assert plan_of(EXP, [X]).saves == {"ys"}
    assert plan_of(LOG, [X]).saves == {"xs"}


@pytest.mark.parametrize("layer", [EXP, LOG], ids=lambda layer: layer.name)
@pytest.mark.parametrize("base", [0, -1])
def test_the_base_is_positive(layer, base):
    with pytest.raises(OptionError, match="must be a positive number"):
        layer.replace(base=base)


def test_there_is_no_logarithm_to_the_base_1():
    with pytest.raises(OptionError, match="base=1 has no logarithm"):
        LOG.replace(base=1)
