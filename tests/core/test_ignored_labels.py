"""Labels to ignore, and what losses are divided by."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers import BinaryCrossEntropyLossLayer, MultinomialLogisticLossLayer, SoftmaxLossLayer
from mocha_core.layers.normalization import NORMALIZATIONS

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

SHAPE, AXIS, NOTHING = (2, 3, 4, 5), 2, 255
BLOBS: dict[str, Any] = {"bottoms": ["pred", "label"]}
every_divisor = pytest.mark.parametrize("normalization", NORMALIZATIONS)
SOFTMAX = SoftmaxLossLayer(**BLOBS, axis=AXIS, weight=1.5)


def labels(ignored: int = NOTHING) -> Host:
    """Six of the thirty are to be ignored."""
    found = np.random.default_rng(5).integers(0, 4, (2, 3, 1, 5)).astype(np.float64)
    found[found == ignored] += 1
    found.reshape(-1)[[0, 7, 8, 9, 20, 29]] = ignored
    return found


def divisor(normalization: str, locations: int, valid: int, outer: int) -> int:
    return {"full": locations, "valid": max(valid, 1), "batch": outer, "none": 1}[normalization]


def naive(x: Host, label: Host, ignored: int) -> float:
    """The sum of -log p over the locations that count, one at a time."""
    terms = []
    for n, i, j in np.ndindex(2, 3, 5):
        y = int(label[n, i, 0, j])
        if y != ignored:
            exps = [math.exp(value) for value in x[n, i, :, j]]
            terms.append(-math.log(exps[y] / math.fsum(exps)))
    return math.fsum(terms)


@both_namespaces
@every_divisor
@pytest.mark.parametrize("ignored", [NOTHING, -1, 2])
def test_softmax_loss_against_a_loop(xp, normalization, ignored):
    """A class, or a number that is none. Caffe's batch is the product of the axes before that of the classes: 2 * 3."""
    x, label = grid(*SHAPE), labels(ignored)
    layer = SOFTMAX.replace(ignore_label=ignored, normalization=normalization)
    loss, *items = forward(layer, xp, [x, label])
    expected = 1.5 * naive(x, label, ignored) / divisor(normalization, 30, 24, 6)
    assert loss == pytest.approx(expected, rel=tolerance(x.size))
    assert [float(count) for count in items] == ([24.0] if normalization == "valid" else [])


@both_namespaces
@every_divisor
@pytest.mark.parametrize("options", [{}, {"weights": (1, 2, 5, 0)}])
def test_gradient_is_the_slope_and_zero_where_ignored(xp, normalization, options):
    layer = SOFTMAX.replace(ignore_label=NOTHING, normalization=normalization, **options)
    blobs = [grid(*SHAPE), labels()]
    check_gradient(layer, xp, blobs)
    (dx, _) = backward(layer, xp, blobs)
    gone = np.broadcast_to(labels() == NOTHING, SHAPE)
    assert not np.any(dx[gone])
    assert np.all(dx[~gone] != 0) or options


@both_namespaces
@every_divisor
def test_logistic_loss_is_the_softmax_loss_of_logarithms(xp, normalization):
    x, options = grid(*SHAPE), {"ignore_label": NOTHING, "normalization": normalization, "axis": AXIS}
    p = np.exp(x) / np.exp(x).sum(axis=AXIS, keepdims=True)
    layer = MultinomialLogisticLossLayer(**BLOBS, **options)
    ours, softmax = forward(layer, xp, [p, labels()]), forward(SoftmaxLossLayer(**BLOBS, **options), xp, [x, labels()])
    np.testing.assert_allclose(ours, softmax, rtol=tolerance(x.size))
    dp, _ = backward(layer, xp, [p, labels()])
    expected = np.where(np.arange(4)[:, None] == labels(), -1 / p, 0) / divisor(normalization, 30, 24, 6)
    np.testing.assert_allclose(dp, expected, rtol=tolerance(1))


@both_namespaces
@every_divisor
@pytest.mark.parametrize("logits", [True, False])
def test_cross_entropy_against_a_loop(xp, normalization, logits):
    x, y = grid(4, 3) if logits else 0.5 + grid(4, 3) / 9, np.array([[0, 1, -1], [1, -1, 0], [1, 1, 0], [0, 0, -1.0]])
    layer = BinaryCrossEntropyLossLayer(
        **BLOBS, from_logits=logits, ignore_label=-1, normalization=normalization, weight=0.5
    )
    terms = []
    for score, target in zip(x.ravel(), y.ravel(), strict=True):
        p = 1 / (1 + math.exp(-score)) if logits else score
        terms.append(0.0 if target == -1 else -math.log(p if target else 1 - p))
    loss, *items = forward(layer, xp, [x, y])
    assert loss == pytest.approx(0.5 * math.fsum(terms) / divisor(normalization, 12, 9, 4), rel=tolerance(12))
    assert [float(count) for count in items] == ([9.0] if normalization == "valid" else [])
    check_gradient(layer, xp, [x, y])
    assert not np.any(backward(layer, xp, [x, y])[0][y == -1])


@both_namespaces
def test_with_nothing_to_learn_from_there_is_no_loss(xp):
    layer = SOFTMAX.replace(ignore_label=NOTHING)
    blobs = [grid(*SHAPE), np.full((2, 3, 1, 5), float(NOTHING))]
    assert [float(top) for top in forward(layer, xp, blobs)] == [0.0, 0.0]
    np.testing.assert_array_equal(backward(layer, xp, blobs)[0], 0)


@pytest.mark.parametrize(
    ("normalization", "items"), [("valid", 30), ("full", 30), ("batch", 6), ("none", 1)], ids=NORMALIZATIONS
)
def test_over_how_many_items_the_loss_is_a_mean(normalization, items):
    blobs = [grid(*SHAPE), labels()]
    assert plan_of(SOFTMAX.replace(normalization=normalization), blobs).items == items
    elements = {"valid": 120, "full": 120, "batch": 2, "none": 1}[normalization]
    pair = BinaryCrossEntropyLossLayer(**BLOBS, normalization=normalization)
    assert plan_of(pair, [grid(*SHAPE), grid(*SHAPE)]).items == elements


@pytest.mark.parametrize("kind", [SoftmaxLossLayer, BinaryCrossEntropyLossLayer])
def test_impossible_options(kind):
    with pytest.raises(OptionError, match="normalization='VALID' must be one of 'valid', 'full', 'batch', 'none'"):
        kind(**BLOBS, normalization="VALID")
    with pytest.raises(OptionError, match=r"ignore_label is a whole number or None, not 0\.5"):
        kind(**BLOBS, ignore_label=0.5)
