from __future__ import annotations

import numpy as np
import pytest

from mocha_core.layers.hinge_loss import HingeLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, grid
from .pair_math import check_errors, check_facts, check_gradients_are_independent, check_value, check_weight

LAYER = HingeLossLayer(bottoms=["x", "y"])


def signs(shape: tuple[int, ...]) -> Host:
    return np.random.default_rng(3).choice([-1.0, 1.0], shape)


BLOBS = [grid(4, 5), signs((4, 5))]


@both_namespaces
@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_value(xp, weight):
    """Behaviour 34: on every backend with the weight."""
    assert {bool(gap > 0) for gap in (1 - BLOBS[0] * BLOBS[1]).ravel()} == {True, False}
    check_value(xp, LAYER.replace(weight=weight), BLOBS, lambda x, y: max(0.0, 1 - x * y))


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(LAYER.replace(weight=0.7), xp, BLOBS)


@both_namespaces
def test_no_gradient_on_and_beyond_the_margin(xp):
    dx, dy = backward(LAYER, xp, [np.array([[1.0], [2.0], [0.5]]), np.ones((3, 1))])
    np.testing.assert_array_equal(dx, [[0.0], [0.0], [-1 / 3]])
    np.testing.assert_array_equal(dy, [[0.0], [0.0], [-0.5 / 3]])


def test_each_gradient_alone():
    check_gradients_are_independent(LAYER, BLOBS)


def test_weight():
    check_weight(LAYER, BLOBS)


def test_facts_and_statistics():
    check_facts(HingeLossLayer, "hinge-loss")


def test_errors():
    check_errors(HingeLossLayer)
