from __future__ import annotations

import pytest

from mocha_core.layers.square_loss import SquareLossLayer

from .layer_math import both_namespaces, check_gradient, grid
from .pair_math import check_errors, check_facts, check_gradients_are_independent, check_value, check_weight

LAYER = SquareLossLayer(bottoms=["x", "y"])
BLOBS = [grid(2, 3, 4, seed=1), grid(2, 3, 4, seed=2)]


@both_namespaces
@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_value(xp, weight):
    check_value(xp, LAYER.replace(weight=weight), BLOBS, lambda x, y: (x - y) ** 2 / 2)


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(LAYER.replace(weight=0.7), xp, [BLOBS[0], BLOBS[1].reshape(2, 12)])


def test_each_gradient_alone():
    check_gradients_are_independent(LAYER, BLOBS)


def test_weight():
    check_weight(LAYER, BLOBS)


def test_facts_and_statistics():
    check_facts(SquareLossLayer, "square-loss")


def test_errors():
    check_errors(SquareLossLayer)
