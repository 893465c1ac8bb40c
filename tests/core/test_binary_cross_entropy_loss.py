from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.layers.binary_cross_entropy_loss import BinaryCrossEntropyLossLayer
from mocha_core.layers.neuron import NeuronLayer
from mocha_core.neurons import Neurons

from .layer_math import backward, both_namespaces, check_gradient, forward, grid
from .pair_math import check_errors, check_facts, check_gradients_are_independent, check_value, check_weight

LAYER = BinaryCrossEntropyLossLayer(bottoms=["x", "y"])
LOGITS = LAYER.replace(from_logits=True)
LABEL = 0.5 + grid(4, 3, seed=1) / 5
BLOBS, LOGIT_BLOBS = [0.5 + grid(4, 3) / 5, LABEL], [3 * grid(4, 3), LABEL]
BOTH = [(LAYER, BLOBS), (LOGITS, LOGIT_BLOBS)]
both_forms = pytest.mark.parametrize(("layer", "blobs"), BOTH, ids=["probabilities", "logits"])
HIGHEST = 20 * math.log(10)
"""-log of the floor."""


def entropy(p: float, y: float) -> float:
    return -(y * math.log(p) + (1 - y) * math.log(1 - p))


@both_namespaces
@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_value(xp, weight):
    check_value(xp, LAYER.replace(weight=weight), BLOBS, entropy)


@both_namespaces
def test_value_of_logits(xp):
    check_value(xp, LOGITS, LOGIT_BLOBS, lambda x, y: entropy(1 / (1 + math.exp(-x)), y))


@both_namespaces
@both_forms
def test_gradient_is_the_slope(xp, layer, blobs):
    check_gradient(layer.replace(weight=0.7), xp, blobs)


@both_namespaces
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("p", "y"), [(0.0, 1.0), (1.0, 0.0), (-0.5, 1.0), (1.5, 0.0)])
def test_certain_and_wrong_is_finite(xp, dtype, p, y):
    """Behaviour 38: Inf and NaN before."""
    blobs = [np.array([[p]], dtype), np.array([[y]], dtype)]
    (loss,), (dx, dy) = forward(LAYER, xp, blobs), backward(LAYER, xp, blobs)
    sign = 1 if y == 0 else -1
    assert loss == pytest.approx(HIGHEST, rel=1e-6)
    assert dx == pytest.approx(sign * 1e20, rel=1e-6)
    assert dy == pytest.approx(-sign * HIGHEST, rel=1e-6)


@both_namespaces
@pytest.mark.parametrize(("p", "y"), [(0.0, 0.0), (1.0, 1.0)])
def test_certain_and_right_costs_nothing(xp, p, y):
    blobs = [np.array([[p]]), np.array([[y]])]
    assert forward(LAYER, xp, blobs)[0] == pytest.approx(0, abs=1e-19)
    assert abs(backward(LAYER, xp, blobs)[0]) == pytest.approx(1, rel=1e-15)


@both_namespaces
def test_small_probabilities_keep_their_digits(xp):
    """log(1 - p) of a p below the resolution of 1."""
    (loss,) = forward(LAYER, xp, [np.array([[1e-18]]), np.zeros((1, 1))])
    assert loss == pytest.approx(1e-18, rel=1e-15, abs=0)


@both_namespaces
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("x", [1000.0, -1000.0])
def test_extreme_logits(xp, dtype, x):
    """The loss is |x| where the sign is wrong and 0 where it is right; no overflow, no floor."""
    blobs = [np.array([[x], [x]], dtype), np.array([[0.0], [1.0]], dtype)]
    (loss,), (dx, dy) = forward(LOGITS, xp, blobs), backward(LOGITS, xp, blobs)
    assert loss == 500
    np.testing.assert_array_equal(dx, np.array([[0.5], [0.0]]) if x > 0 else np.array([[0.0], [-0.5]]))
    np.testing.assert_array_equal(dy, np.full((2, 1), -x / 2))


@both_namespaces
@pytest.mark.parametrize("layer", [LAYER, LOGITS], ids=["probabilities", "logits"])
def test_nan_in_the_prediction_shows(xp, layer):
    blobs = [np.array([[np.nan]]), np.array([[1.0]])]
    assert np.isnan(forward(layer, xp, blobs)[0])
    assert np.isnan(backward(layer, xp, blobs)[0])


@both_forms
def test_each_gradient_alone(layer, blobs):
    check_gradients_are_independent(layer, blobs)


@both_forms
def test_weight(layer, blobs):
    check_weight(layer, blobs)


def test_facts_and_statistics():
    check_facts(BinaryCrossEntropyLossLayer, "binary-cross-entropy-loss")


def test_stand_in_for_prediction():
    layer = LOGITS.replace(name="loss")
    prob = NeuronLayer(name="loss/prob", bottoms=["x"], tops=["loss/prob"], neuron=Neurons.Sigmoid())
    assert layer.for_prediction() == prob
    assert LAYER.for_prediction() is None


def test_errors():
    check_errors(BinaryCrossEntropyLossLayer)
