from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import ShapeError
from mocha_core.layers.softlabel_softmax_loss import SoftlabelSoftmaxLossLayer
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = SoftlabelSoftmaxLossLayer(bottoms=["x", "soft"])
SHAPE, AXIS = (2, 3, 4, 5), 2


def distributions(shape: tuple[int, ...], axis: int) -> Host:
    t = np.random.default_rng(2).uniform(0.1, 1, shape)
    return t / t.sum(axis=axis, keepdims=True)


def naive(x: Host, t: Host, axis: int, weight: float) -> float:
    rows, labels = (np.moveaxis(blob, axis, -1).reshape(-1, x.shape[axis]) for blob in (x, t))
    terms = []
    for row, label in zip(rows, labels, strict=True):
        total = math.fsum(math.exp(value) for value in row)
        terms += [-s * math.log(max(math.exp(value) / total, 1e-20)) for value, s in zip(row, label, strict=True)]
    return weight / len(rows) * math.fsum(terms)


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4, 7), 1), (SHAPE, 1), (SHAPE, 3)])
def test_against_a_loop(xp, shape, axis):
    x, t = 2 * grid(*shape), distributions(shape, axis)
    (loss,) = forward(LAYER.replace(axis=axis - len(shape), weight=0.25), xp, [x, t])
    assert loss.shape == ()
    assert loss == pytest.approx(naive(x, t, axis, 0.25), rel=tolerance(x.size))


@both_namespaces
def test_gradient_by_formula(xp):
    """weight/M * (softmax - label), for labels that sum to one."""
    x, t = grid(*SHAPE), distributions(SHAPE, AXIS)
    (p,) = forward(SoftmaxLayer(bottoms=["x"], tops=["p"], axis=AXIS), np, [x])
    dx, dt = backward(LAYER.replace(axis=AXIS, weight=0.5), xp, [x, t])
    np.testing.assert_allclose(dx, 0.5 / 30 * (p - t), rtol=0, atol=tolerance(4, 0.5 / 30))
    assert dt is None


@both_namespaces
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_gradient_is_the_slope_whatever_the_labels_sum_to(xp, scale):
    check_gradient(LAYER.replace(axis=AXIS, weight=0.7), xp, [grid(*SHAPE), scale * distributions(SHAPE, AXIS)])


@both_namespaces
def test_hard_labels_give_the_softmax_loss(xp):
    x, label = grid(4, 3), np.array([[1.0], [0.0], [2.0], [1.0]])
    hard, soft = SoftmaxLossLayer(bottoms=["x", "label"]), np.eye(3)[label.ravel().astype(int)]
    assert forward(LAYER, xp, [x, soft]) == forward(hard, xp, [x, label])
    np.testing.assert_array_equal(backward(LAYER, xp, [x, soft])[0], backward(hard, xp, [x, label])[0])


@both_namespaces
def test_probability_has_a_floor(xp):
    x, t = np.array([[1e4, 0.0]]), np.array([[0.0, 1.0]])
    assert forward(LAYER, xp, [x, t])[0] == pytest.approx(20 * math.log(10), rel=1e-15)
    np.testing.assert_array_equal(backward(LAYER, xp, [x, t])[0], [[1.0, -1.0]])


def test_no_gradient_for_the_label_nor_for_data():
    blobs = [grid(2, 3), grid(2, 3)]
    assert plan_of(LAYER, blobs).constants == (1,)
    assert backward(LAYER, np, blobs, wants=[False, False]) == (None, None)


def test_facts_and_statistics():
    plan = plan_of(LAYER, [grid(2, 4, 3, 5), grid(2, 4, 3, 5)])
    assert (plan.items, plan.tops[0].shape) == (30, ())
    assert LAYER.classes((plan.tops[0], plan.tops[0])) is None
    assert LAYER.report(0.5) == {"softlabel-softmax-loss": 0.5}
    assert LAYER.show(0.25, 30) == "Softlabel-softmax-loss (avg over 30) = 0.2500"


def test_stand_in_for_prediction():
    layer = LAYER.replace(name="loss", axis=-1)
    assert layer.for_prediction() == SoftmaxLayer(name="loss/prob", bottoms=["x"], tops=["loss/prob"], axis=-1)


def test_label_of_another_shape():
    with pytest.raises(ShapeError, match=r"a prediction of 4 x 7 needs a label of the same shape, got 4 x 6$"):
        plan_of(LAYER, [grid(4, 7), grid(4, 6)])
    with pytest.raises(ShapeError, match=r"got 4 x 1; for labels that are class numbers use SoftmaxLossLayer"):
        plan_of(LAYER, [grid(4, 7), grid(4, 1)])
    with pytest.raises(ShapeError, match="is the batch"):
        plan_of(LAYER.replace(axis=0), [grid(4, 7), grid(4, 7)])
