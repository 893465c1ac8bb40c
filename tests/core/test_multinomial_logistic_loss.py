from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.multinomial_logistic_loss import MultinomialLogisticLossLayer
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = MultinomialLogisticLossLayer(bottoms=["prob", "label"])
SHAPE, AXIS = (2, 3, 4, 5), 2
LABEL = np.random.default_rng(5).integers(0, 4, (2, 3, 1, 5)).astype(np.float64)
PER_SAMPLE = 1 + np.arange(60.0).reshape(3, 4, 5)


def probabilities(*shape: int) -> Host:
    return 0.5 + grid(*shape) / 5


def naive(p: Host, label: Host, axis: int, weight: float) -> float:
    flat = label.reshape(p.shape[:axis] + p.shape[axis + 1 :])
    picked = [p[(*index[:axis], int(flat[index]), *index[axis:])] for index in np.ndindex(*flat.shape)]
    return -weight / flat.size * math.fsum(math.log(max(value, 1e-20)) for value in picked)


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4, 7), 1), (SHAPE, 1), (SHAPE, 3)])
def test_against_a_loop(xp, shape, axis):
    p = probabilities(*shape)
    label = np.random.default_rng(1).integers(0, shape[axis], [*shape[:axis], 1, *shape[axis + 1 :]]).astype(float)
    (loss,) = forward(LAYER.replace(axis=axis - len(shape), weight=0.25), xp, [p, label])
    assert loss.shape == ()
    assert loss == pytest.approx(naive(p, label, axis, 0.25), rel=tolerance(p.size))


@both_namespaces
@pytest.mark.parametrize("options", [{}, {"weights": (1, 2, 5, 0.5)}, {"weights": PER_SAMPLE, "normalize": "global"}])
def test_gradient_is_the_slope(xp, options):
    """Behaviour 2.5: there was none."""
    check_gradient(LAYER.replace(axis=-2, weight=0.7, **options), xp, [probabilities(*SHAPE), LABEL])


@both_namespaces
@pytest.mark.parametrize("options", [{}, {"weights": (1, 2, 5, 0.5)}, {"weights": PER_SAMPLE, "normalize": "no"}])
def test_on_a_softmax_it_is_the_softmax_loss(xp, options):
    x, options = grid(*SHAPE), {"bottoms": ["x", "label"], "axis": AXIS, "weight": 1.5, **options}
    loss, softmax = MultinomialLogisticLossLayer(**options), SoftmaxLayer(bottoms=["x"], tops=["p"], axis=AXIS)
    whole = SoftmaxLossLayer(**options)
    (p,) = forward(softmax, xp, [x])
    assert forward(loss, xp, [p, LABEL])[0] == pytest.approx(forward(whole, xp, [x, LABEL])[0], rel=tolerance(x.size))
    (dx,) = backward(softmax, xp, [x], [backward(loss, xp, [p, LABEL])[0]])
    wanted = backward(whole, xp, [x, LABEL])[0]
    np.testing.assert_allclose(dx, wanted, rtol=0, atol=tolerance(x.size, np.abs(wanted).max()))


@both_namespaces
def test_worked_weights(xp):
    """Three classes with weights (1, 2, 5), local: (0.375, 0.75, 1.875)."""
    for y, w in enumerate((0.375, 0.75, 1.875)):
        (loss,) = forward(LAYER.replace(weights=[1, 2, 5]), xp, [np.full((1, 3), 1 / 3), np.full((1, 1), float(y))])
        assert loss == pytest.approx(w * math.log(3), rel=tolerance(3))


@both_namespaces
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_probability_has_a_floor(xp, dtype):
    """Behaviour 41: one rule in value and gradient, on every backend and in every element type."""
    p, label = np.array([[1, 0]], dtype), np.array([[1]], dtype)
    (loss,), (dp, _) = forward(LAYER, xp, [p, label]), backward(LAYER, xp, [p, label])
    assert loss == pytest.approx(20 * math.log(10), rel=1e-6)
    np.testing.assert_allclose(dp, [[0, -1e20]], rtol=1e-6)


@both_namespaces
def test_labels_are_rounded_and_impossible_ones_count_for_nothing(xp):
    p = probabilities(4, 3)
    (loss,), (dp, _) = (run(LAYER, xp, [p, np.array([0.9, 3.0, -1.0, np.nan])]) for run in (forward, backward))
    assert loss == pytest.approx(-math.log(p[0, 1]) / 4, rel=tolerance(3))
    np.testing.assert_array_equal(dp[1:], 0)
    np.testing.assert_array_equal(dp[0, [0, 2]], 0)


def test_no_gradient_for_the_label_nor_for_data():
    blobs = [probabilities(2, 3), np.array([[1.0], [2.0]])]
    assert plan_of(LAYER, blobs).constants == (1,)
    assert backward(LAYER, np, blobs)[1] is None
    assert backward(LAYER, np, blobs, wants=[False, False]) == (None, None)


def test_facts_and_statistics():
    plan = plan_of(LAYER, [grid(2, 4, 3, 5), grid(2, 1, 3, 5)])
    assert (plan.items, plan.tops[0].shape) == (30, ())
    assert LAYER.classes((plan.tops[0].with_shape(2, 4, 3, 5), plan.tops[0])) == (1, 4)
    assert LAYER.report(0.5) == {"multinomial-logistic-loss": 0.5}
    assert LAYER.show(0.25, 30) == "Multinomial-logistic-loss (avg over 30) = 0.2500"


def test_errors():
    with pytest.raises(OptionError, match="'local', 'global', 'no'"):
        LAYER.replace(normalize="none")
    with pytest.raises(OptionError, match="weight is a finite number, not inf"):
        LAYER.replace(weight=np.inf)
    with pytest.raises(ShapeError, match=r"a prediction of 4 x 7 .* needs a label of 4 x 1, got 4 x 2"):
        plan_of(LAYER, [grid(4, 7), grid(4, 2)])
