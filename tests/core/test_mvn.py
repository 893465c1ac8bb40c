from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.mvn import MVNLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = MVNLayer(name="mvn", bottoms=["x"], tops=["y"])
WAYS = [{}, {"across_channels": True}, {"normalize_variance": False}, {"eps": 0.5}]
every_way = pytest.mark.parametrize("options", WAYS, ids=str)


def plain(values, eps, whiten):
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
    return [(v - mean) / (deviation + eps) if whiten else v - mean for v in values]


@both_namespaces
@every_way
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3, 7), (2, 3, 2, 3, 2)])
def test_against_a_loop(xp, options, shape):
    layer, x = LAYER.replace(**options), grid(*shape)
    (y,) = forward(layer, xp, [x])
    for index in np.ndindex(*shape[: 1 if layer.across_channels else 2]):
        expected = plain(x[index].ravel().tolist(), layer.eps, layer.normalize_variance)
        np.testing.assert_allclose(y[index].ravel(), expected, rtol=0, atol=tolerance(60, 8.0))


@both_namespaces
@every_way
def test_gradients_are_slopes(xp, options):
    check_gradient(LAYER.replace(**options), xp, [grid(2, 3, 2, 4)])


@both_namespaces
def test_a_channel_without_variance_is_zero_and_its_gradient_finite(xp):
    x = np.full((1, 1, 2, 2), 3.0)
    assert (forward(LAYER, xp, [x])[0] == 0).all()
    (dx,) = backward(LAYER, xp, [x], [grid(1, 1, 2, 2)])
    assert np.isfinite(dx).all()


def test_mean_only_reads_nothing_again():
    assert plan_of(LAYER.replace(normalize_variance=False), [grid(2, 3, 4)]).saves == frozenset()


def test_there_must_be_something_to_average():
    with pytest.raises(ShapeError, match="2 x 3 has no axes after the channels to average"):
        plan_of(LAYER, [grid(2, 3)])
    assert plan_of(LAYER.replace(across_channels=True), [grid(2, 3)]).tops[0].shape == (2, 3)


def test_eps_is_positive():
    with pytest.raises(OptionError, match=r"eps=0 must be positive"):
        LAYER.replace(eps=0)
