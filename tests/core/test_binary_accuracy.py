from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.binary_accuracy import BinaryAccuracyLayer

from .layer_math import both_namespaces, forward, grid, plan_of

LAYER = BinaryAccuracyLayer(bottoms=["x", "y"])


@both_namespaces
@pytest.mark.parametrize("threshold", [0.0, 0.5])
def test_against_a_loop(xp, threshold):
    x, y = grid(4, 3, 5), grid(4, 15, seed=1)
    pairs = zip(x.ravel(), y.ravel(), strict=True)
    hits = sum((a > threshold) == (b > threshold) for a, b in pairs)
    (accuracy,) = forward(LAYER.replace(threshold=threshold), xp, [x, y])
    assert accuracy.shape == ()
    assert 0 < hits < 60
    assert accuracy == pytest.approx(hits / 60, rel=1e-15)


@both_namespaces
def test_the_threshold_itself_is_below_for_both(xp):
    assert forward(LAYER, xp, [np.array([[0.0], [0.0]]), np.array([[-1.0], [1.0]])])[0] == 0.5
    assert forward(LAYER, xp, [np.array([[-1.0], [1.0]]), np.array([[0.0], [0.0]])])[0] == 0.5


@both_namespaces
def test_labels_of_zero_and_one_need_a_half(xp):
    p, y = np.array([[0.3], [0.9]]), np.array([[0.0], [1.0]])
    assert forward(LAYER.replace(threshold=0.5), xp, [p, y])[0] == 1
    assert forward(LAYER, xp, [p, y])[0] == 0.5


def test_facts_and_statistics():
    plan = plan_of(LAYER, [grid(4, 3), grid(12)])
    assert (plan.items, plan.tops[0].shape, plan.saves) == (12, (), frozenset())
    assert not LAYER.traits.backprop
    assert LAYER.report(0.75) == {"accuracy": 0.75}
    assert LAYER.replace(report_error=True).report(0.75) == {"accuracy": 0.75, "error": 0.25}
    assert LAYER.show(0.989, 10_000) == "Accuracy (avg over 10000) = 98.9000%"


def test_errors():
    with pytest.raises(ShapeError, match=r"same number of elements, got 4 x 3 and 4 x 2"):
        plan_of(LAYER, [grid(4, 3), grid(4, 2)])
    with pytest.raises(OptionError, match="threshold is a finite number, not inf"):
        LAYER.replace(threshold=np.inf)
    with pytest.raises(OptionError, match="needs 2 bottoms, got 1"):
        BinaryAccuracyLayer(bottoms=["x"])
