from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

SHAPE, AXIS = (2, 3, 4, 5), 2
BLOBS = {"bottoms": ["pred", "label"]}
PER_SAMPLE = 1 + np.arange(60.0).reshape(3, 4, 5)
PER_BATCH = 1 + np.arange(120.0).reshape(SHAPE)


def labels(shape: tuple[int, ...], classes: int, seed: int = 5) -> Host:
    return np.random.default_rng(seed).integers(0, classes, shape).astype(np.float64)


def naive(x: Host, label: Host, axis: int, w: Host, weight: float) -> float:
    """The documented formula, one location at a time; `w` has the shape of x and is normalised."""
    terms = []
    flat = label.reshape(x.shape[:axis] + x.shape[axis + 1 :])
    for index in np.ndindex(*flat.shape):
        line, y = (*index[:axis], slice(None), *index[axis:]), int(flat[index])
        exps = [math.exp(value) for value in x[line]]
        terms.append(-w[line][y] * math.log(max(exps[y] / math.fsum(exps), 1e-20)))
    return weight / flat.size * math.fsum(terms)


def normalised(weights: Host, normalize: str) -> Host:
    """Of full shape, in loops of its own."""
    w = weights.copy()
    for n in range(SHAPE[0]):
        if normalize == "global":
            w[n] *= w[n].size / w[n].sum()
        if normalize == "local":
            for i in range(SHAPE[1]):
                for j in range(SHAPE[3]):
                    w[n, i, :, j] *= SHAPE[AXIS] / w[n, i, :, j].sum()
    return w


@both_namespaces
def test_rows_against_a_loop(xp):
    x, label = 3 * grid(4, 7), labels((4, 1), 7)
    (loss,) = forward(SoftmaxLossLayer(**BLOBS, weight=0.25), xp, [x, label])
    assert loss.shape == ()
    assert loss == pytest.approx(naive(x, label, 1, np.ones_like(x), 0.25), rel=tolerance(28))


@both_namespaces
@pytest.mark.parametrize("normalize", ["local", "global", "no"])
@pytest.mark.parametrize(
    "weights", [np.array([1.0, 2.0, 5.0, 0.5]), PER_SAMPLE, PER_BATCH], ids=["class", "sample", "batch"]
)
def test_class_weights_against_a_loop(xp, weights, normalize):
    x, label = grid(*SHAPE), labels((2, 3, 1, 5), 4)
    full = np.broadcast_to(weights[:, None] if weights.ndim == 1 else weights, SHAPE)
    layer = SoftmaxLossLayer(**BLOBS, weights=weights, normalize=normalize, axis=AXIS, weight=1.5)
    (loss,) = forward(layer, xp, [x, label])
    expected = naive(x, label, AXIS, normalised(full, normalize), 1.5)
    assert loss == pytest.approx(expected, rel=tolerance(x.size))


@both_namespaces
@pytest.mark.parametrize("options", [{}, {"weights": (1, 2, 5, 0)}, {"weights": PER_SAMPLE, "normalize": "global"}])
def test_gradient_is_the_slope(xp, options):
    layer = SoftmaxLossLayer(**BLOBS, axis=-2, weight=0.7, **options)
    check_gradient(layer, xp, [grid(*SHAPE), labels((2, 3, 1, 5), 4)])


@both_namespaces
def test_worked_weights(xp):
    """Three classes with weights (1, 2, 5), local: (0.375, 0.75, 1.875); even scores give log 3 times the weight."""
    for y, w in enumerate((0.375, 0.75, 1.875)):
        layer = SoftmaxLossLayer(**BLOBS, weights=[1, 2, 5])
        (loss,) = forward(layer, xp, [np.zeros((1, 3)), np.full((1, 1), float(y))])
        assert loss == pytest.approx(w * math.log(3), rel=tolerance(3))


@both_namespaces
@pytest.mark.parametrize("shape", [(2, 1, 3, 5), (2, 3, 5), (2, 15), (2, 15, 1)])
def test_any_label_shape_with_the_right_count(xp, shape):
    x, label, layer = grid(2, 4, 3, 5), labels((2, 1, 3, 5), 4), SoftmaxLossLayer(**BLOBS)
    assert forward(layer, xp, [x, label.reshape(shape)]) == forward(layer, xp, [x, label])
    assert backward(layer, xp, [x, label.reshape(shape)])[0].tolist() == backward(layer, xp, [x, label])[0].tolist()


@pytest.mark.parametrize("shape", [(3, 1), (4, 2), (1, 4), (4, 7)])
def test_other_label_shapes_are_refused(shape):
    with pytest.raises(
        ShapeError, match=r"'loss'.*bottoms pred, label: a prediction of 4 x 7 .* needs a label of 4 x 1"
    ):
        plan_of(SoftmaxLossLayer(name="loss", **BLOBS), [grid(4, 7), grid(*shape)])


@both_namespaces
def test_labels_are_rounded(xp):
    """Behaviour 41: one rule on every backend."""
    x, layer = grid(2, 3), SoftmaxLossLayer(**BLOBS)
    assert forward(layer, xp, [x, np.array([1.9, 0.4])]) == forward(layer, xp, [x, np.array([2.0, 0.0])])


@both_namespaces
def test_impossible_labels_count_as_none_and_break_nothing(xp):
    x, layer = grid(4, 3), SoftmaxLossLayer(**BLOBS)
    label = np.array([1.0, 3.0, -1.0, np.nan])
    (loss,), (dx, _) = forward(layer, xp, [x, label]), backward(layer, xp, [x, label])
    (alone,) = forward(layer, xp, [x[:1], label[:1]])
    assert loss == pytest.approx(alone / 4, rel=tolerance(3))
    np.testing.assert_array_equal(dx[1:], 0)


@both_namespaces
def test_probability_has_a_floor(xp):
    x, label = np.array([[1e4, 0.0]]), np.array([[1.0]])
    (loss,) = forward(SoftmaxLossLayer(**BLOBS), xp, [x, label])
    assert loss == pytest.approx(20 * math.log(10), rel=1e-15)
    np.testing.assert_array_equal(backward(SoftmaxLossLayer(**BLOBS), xp, [x, label])[0], [[1.0, -1.0]])


@both_namespaces
def test_nan_in_the_prediction_shows(xp):
    (loss,) = forward(SoftmaxLossLayer(**BLOBS), xp, [np.array([[np.nan, 0.0]]), np.array([[1.0]])])
    assert np.isnan(loss)


def test_no_gradient_for_the_label_nor_for_data():
    blobs = [grid(2, 3), labels((2, 1), 3)]
    assert plan_of(SoftmaxLossLayer(**BLOBS), blobs).constants == (1,)
    assert backward(SoftmaxLossLayer(**BLOBS), np, blobs)[1] is None
    assert backward(SoftmaxLossLayer(**BLOBS), np, blobs, wants=[False, False]) == (None, None)


def test_facts_and_statistics():
    layer = SoftmaxLossLayer(name="loss", **BLOBS)
    plan = plan_of(layer, [grid(2, 4, 3, 5), labels((2, 1, 3, 5), 4)])
    assert (plan.items, plan.tops[0].shape, plan.overlays) == (30, (), ())
    assert layer.classes((plan.tops[0].with_shape(2, 4, 3, 5), plan.tops[0])) == (1, 4)
    assert layer.report(0.5) == {"softmax-loss": 0.5}
    assert layer.show(0.25, 30) == "Softmax-loss (avg over 30) = 0.2500"


def test_stand_in_for_prediction():
    layer = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"], axis=-1)
    assert layer.for_prediction() == SoftmaxLayer(name="loss/prob", bottoms=["ip2"], tops=["loss/prob"], axis=-1)


def test_is_a_value_even_with_an_array_of_weights():
    one, other = (SoftmaxLossLayer(**BLOBS, weights=w) for w in (np.array([1.0, 2.0]), [1, 2]))
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"normalize": "none"}, "'local', 'global', 'no'"),
        ({"weight": math.inf}, "weight is a finite number, not inf"),
        ({"weights": [1, -2]}, "must not be negative"),
        ({"weights": [[1, 2], [3]]}, "one per class"),
        ({"weights": ["a"]}, "one per class"),
        ({"bottoms": ["ip2"]}, "needs 2 bottoms, got 1"),
        ({"tops": ["y"]}, "needs 0 tops, got 1"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        SoftmaxLossLayer(**{**BLOBS, **options})


def test_weights_must_fit_the_prediction():
    blobs = [grid(2, 4, 3), labels((2, 1, 3), 4)]
    with pytest.raises(
        ShapeError, match=r"class weights of \(3,\) do not fit a prediction of 2 x 4 x 3; give 4 numbers"
    ):
        plan_of(SoftmaxLossLayer(**BLOBS, weights=[1, 2, 3]), blobs)
    with pytest.raises(OptionError, match="all zero"):
        plan_of(SoftmaxLossLayer(**BLOBS, weights=[0, 0, 0, 0]), blobs)
    plan_of(SoftmaxLossLayer(**BLOBS, weights=[0, 0, 0, 0], normalize="no"), blobs)
