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
