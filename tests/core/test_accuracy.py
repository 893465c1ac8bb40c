from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.accuracy import AccuracyLayer

from .layer_math import Host, both_namespaces, forward, grid, plan_of

BLOBS = {"bottoms": ["pred", "label"]}


def naive(x: Host, label: Host, axis: int) -> float:
    flat = label.reshape(x.shape[:axis] + x.shape[axis + 1 :])
    hits = 0
    for index in np.ndindex(*flat.shape):
        line = x[(*index[:axis], slice(None), *index[axis:])]
        best = 0
        for k, value in enumerate(line):
            best = k if value > line[best] else best
        hits += best == flat[index]
    return hits / flat.size


@both_namespaces
@pytest.mark.parametrize(
    ("shape", "axis"), [((16, 3), 1), ((2, 3, 4, 5), 1), ((2, 3, 4, 5), -1), ((2, 3, 2, 4, 5), -3)]
)
def test_against_a_loop(xp, shape, axis):
    x, counts = grid(*shape), [1 if a == axis % len(shape) else size for a, size in enumerate(shape)]
    label = np.random.default_rng(3).integers(0, shape[axis], counts).astype(np.float64)
    (accuracy,) = forward(AccuracyLayer(**BLOBS, axis=axis), xp, [x, label])
    expected = naive(x, label, axis % len(shape))
    assert 0 < expected < 1
    assert accuracy.shape == ()
    assert accuracy == pytest.approx(expected, rel=1e-15)


@both_namespaces
def test_the_first_of_equal_scores_wins(xp):
    x = np.array([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]])
    assert forward(AccuracyLayer(**BLOBS), xp, [x, np.array([[1.0], [0.0]])])[0] == 1
    assert forward(AccuracyLayer(**BLOBS), xp, [x, np.array([[2.0], [1.0]])])[0] == 0


@both_namespaces
def test_labels_are_rounded_and_may_be_flat(xp):
    x = np.array([[0.0, 1.0, 0.5], [2.0, 1.0, 0.5]])
    assert forward(AccuracyLayer(**BLOBS), xp, [x, np.array([0.9, 0.6])])[0] == 0.5


@both_namespaces
def test_impossible_labels_are_misses(xp):
    x = np.array([[0.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    assert forward(AccuracyLayer(**BLOBS), xp, [x, np.array([-1.0, 2.0, np.nan])])[0] == 0


def test_facts_and_statistics():
    layer = AccuracyLayer(name="acc", **BLOBS)
    plan = plan_of(layer, [grid(2, 4, 3, 5), grid(2, 1, 3, 5)])
    assert (plan.items, plan.tops[0].shape, plan.saves) == (30, (), frozenset())
    assert layer.classes((plan.tops[0].with_shape(2, 4, 3, 5), plan.tops[0])) == (1, 4)
    assert not layer.traits.backprop
    assert layer.report(0.75) == {"accuracy": 0.75}
    assert layer.replace(report_error=True).report(0.75) == {"accuracy": 0.75, "error": 0.25}
    assert layer.show(0.989, 10_000) == "Accuracy (avg over 10000) = 98.9000%"


def test_one_label_per_location():
    with pytest.raises(ShapeError, match=r"'acc'.*needs a label of 4 x 1, got 4 x 7"):
        plan_of(AccuracyLayer(name="acc", **BLOBS), [grid(4, 7), grid(4, 7)])


def test_two_bottoms():
    with pytest.raises(OptionError, match=r"needs 2 bottoms, got 1; write bottoms=\['bottom1', 'bottom2'\]"):
        AccuracyLayer(bottoms=["pred"])


def naive_top(x: Host, label: Host, k: int) -> float:
    """Rows sorted by score, the first of equals first."""
    orders = [sorted(range(len(row)), key=lambda c, row=row: (-row[c], c)) for row in x]
    return sum(int(y) in order[:k] for y, order in zip(label.ravel(), orders, strict=True)) / len(x)


@both_namespaces
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_top_k_against_sorting(xp, k):
    """Behaviour 50; with many equal scores."""
    random = np.random.default_rng(4)
    x, label = random.integers(0, 3, (40, 5)).astype(np.float64), random.integers(0, 5, (40, 1)).astype(np.float64)
    expected = naive_top(x, label, k)
    assert (0 < expected < 1) == (k < 5)
    assert forward(AccuracyLayer(**BLOBS, top_k=k), xp, [x, label])[0] == pytest.approx(expected, rel=1e-15)


@both_namespaces
def test_top_k_along_any_axis(xp):
    x, label = grid(2, 3, 4, 5), np.random.default_rng(3).integers(0, 4, (2, 3, 1, 5)).astype(np.float64)
    rows, labels = np.moveaxis(x, 2, -1).reshape(-1, 4), label.reshape(-1)
    layer = AccuracyLayer(**BLOBS, axis=-2, top_k=2)
    assert forward(layer, xp, [x, label])[0] == pytest.approx(naive_top(rows, labels, 2), rel=1e-15)


@both_namespaces
def test_top_k_of_impossible_labels_and_scores_are_misses(xp):
    x, layer = np.array([[-3.0, -1.0, -2.0]] * 3), AccuracyLayer(**BLOBS, top_k=3)
    assert forward(layer, xp, [x, np.array([-1.0, 3.0, np.nan])])[0] == 0
    scores = np.array([[np.nan, 1.0, 2.0], [np.inf, 1.0, 2.0], [-np.inf, 1.0, 2.0]])
    assert forward(layer.replace(top_k=2), xp, [scores, np.zeros(3)])[0] == pytest.approx(1 / 3, rel=1e-15)


def test_top_k_of_statistics_and_errors():
    layer = AccuracyLayer(name="acc", **BLOBS, top_k=5, report_error=True)
    assert layer.report(0.75) == {"accuracy": 0.75, "error": 0.25}
    assert layer.show(0.989, 10_000) == "Top-5 accuracy (avg over 10000) = 98.9000%"
    with pytest.raises(OptionError, match="top_k=0 must be at least 1"):
        layer.replace(top_k=0)
    with pytest.raises(ShapeError, match=r"top_k=5 is more than the 4 classes of 3 x 4"):
        plan_of(layer, [grid(3, 4), grid(3, 1)])


def naive_last(x: Host, label: Host, k: int, ignored: int = -1) -> list[tuple[int, bool]]:
    """Caffe's rule, one row at a time: fewer than k other scores reach that of the label."""
    counted = []
    for row, y in zip(x, label.ravel().astype(int), strict=True):
        if y != ignored:
            counted.append((y, sum(row[c] >= row[y] for c in range(len(row)) if c != y) < k))
    return counted


TIES = np.random.default_rng(4).integers(0, 3, (40, 5)).astype(np.float64)
TRUTH = np.random.default_rng(5).integers(0, 4, (40, 1)).astype(np.float64)


@both_namespaces
@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_label_comes_last_among_equals(xp, k):
    hits = [hit for _, hit in naive_last(TIES, TRUTH, k)]
    assert (0 < np.mean(hits) < 1) == (k < 5)
    layer = AccuracyLayer(**BLOBS, top_k=k, ties="last")
    assert forward(layer, xp, [TIES, TRUTH])[0] == pytest.approx(np.mean(hits), rel=1e-15)
    assert k == 5 or forward(layer.replace(ties="first"), xp, [TIES, TRUTH])[0] > np.mean(hits)


@both_namespaces
def test_the_label_comes_last_also_with_impossible_labels_and_scores(xp):
    layer = AccuracyLayer(**BLOBS, ties="last")
    scores = np.array([[np.nan, 1.0], [2.0, np.nan], [2.0, 1.0], [2.0, 1.0]])
    assert forward(layer, xp, [scores, np.array([0.0, 0.0, 5.0, 0.0])])[0] == 0.25


@both_namespaces
@pytest.mark.parametrize("ignored", [None, 1, 255])
@pytest.mark.parametrize("per_class", [False, True])
def test_ignored_and_per_class_against_a_loop(xp, ignored, per_class):
    """No label is 4: of that class the accuracy is 0, over 0 labels, as in Caffe."""
    label = np.where(TRUTH == 2, 255.0, TRUTH) if ignored == 255 else TRUTH
    layer = AccuracyLayer(**BLOBS, ties="last", ignore_label=ignored, per_class=per_class)
    counted = naive_last(TIES, label, 1, -1 if ignored is None else ignored)
    groups = [[hit for y, hit in counted if y == c or not per_class] for c in range(5 if per_class else 1)]
    share, *items = forward(layer, xp, [TIES, label])
    np.testing.assert_allclose(share.ravel(), [np.mean(g) if g else 0 for g in groups], rtol=1e-15)
    assert [n.ravel().tolist() for n in items] == ([[len(g) for g in groups]] if layer.counts_items else [])


@both_namespaces
def test_per_class_along_any_axis(xp):
    x, label = grid(2, 3, 4, 5), np.random.default_rng(3).integers(0, 4, (2, 3, 1, 5)).astype(np.float64)
    rows = np.moveaxis(x, 2, -1).reshape(-1, 4)
    flat = AccuracyLayer(**BLOBS, per_class=True)
    deep = forward(flat.replace(axis=-2), xp, [x, label])
    for ours, other in zip(deep, forward(flat, xp, [rows, label.reshape(-1)]), strict=True):
        np.testing.assert_array_equal(ours, other)


def test_options_of_counting():
    layer = AccuracyLayer(name="acc", **BLOBS, per_class=True)
    assert [top.shape for top in plan_of(layer, [grid(6, 4), grid(6, 1)]).tops] == [(4,), (4,)]
    assert layer.report_each([0.5, 1.0]) == {"class-0": 0.5, "class-1": 1.0}
    assert layer.replace(per_class=False).report_each([0.5]) == {}
    with pytest.raises(OptionError, match=r'ties is "first" or "last", not \'worst\''):
        layer.replace(ties="worst")
    with pytest.raises(OptionError, match=r"ignore_label is a whole number or None, not 1\.5"):
        layer.replace(ignore_label=1.5)
