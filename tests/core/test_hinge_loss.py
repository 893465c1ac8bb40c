from __future__ import annotations

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.hinge_loss import HingeLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of
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


OF_CLASSES = LAYER.replace(one_vs_rest=True)
LABELS = np.array([[3.0], [0.0], [2.0], [3.0]])


@both_namespaces
@pytest.mark.parametrize("power", [1, 2])
def test_norms(xp, power):
    layer = LAYER.replace(norm=f"L{power}", weight=0.5)
    check_value(xp, layer, BLOBS, lambda x, y: max(0.0, 1 - x * y) ** power)
    check_gradient(layer, xp, BLOBS)


@both_namespaces
@pytest.mark.parametrize("norm", ["L1", "L2"])
@pytest.mark.parametrize("shape", [(4, 5), (4, 1, 5)])
def test_of_class_numbers_is_that_of_signs(xp, norm, shape):
    layer, x = OF_CLASSES.replace(norm=norm), BLOBS[0].reshape(shape)
    signs = np.where(np.arange(5) == LABELS, 1.0, -1.0)
    assert forward(layer, xp, [x, LABELS]) == forward(LAYER.replace(norm=norm), xp, [x, signs])
    dx, none = backward(layer, xp, [x, LABELS])
    np.testing.assert_array_equal(dx, backward(LAYER.replace(norm=norm), xp, [x, signs])[0])
    assert none is None


def test_class_numbers_are_checked():
    blobs = [BlobSpec((4, 5)), BlobSpec((4, 1))]
    assert (OF_CLASSES.classes(tuple(blobs)), LAYER.classes(tuple(blobs))) == ((1, 5), None)
    assert plan_of(OF_CLASSES, [BLOBS[0], LABELS]).items == 4
    with pytest.raises(ShapeError, match="scores of 4 x 5, one per class, need one label a sample, got 4 x 5"):
        plan_of(OF_CLASSES, BLOBS)
    with pytest.raises(OptionError, match='norm is "L1" or "L2", not \'L3\''):
        LAYER.replace(norm="L3")
