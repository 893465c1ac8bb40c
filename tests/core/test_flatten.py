from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import ShapeError
from mocha_core.layers.flatten import FlattenLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of

LAYER = FlattenLayer(name="flat", bottoms=["x"], tops=["y"])
CASES = [
    ({}, (2, 60)),
    ({"axis": 0}, (120,)),
    ({"axis": -2}, (2, 3, 20)),
    ({"end_axis": 2}, (2, 12, 5)),
    ({"axis": 0, "end_axis": -3}, (6, 4, 5)),
    ({"axis": 2, "end_axis": 2}, (2, 3, 4, 5)),
]


@both_namespaces
@pytest.mark.parametrize(("options", "shape"), CASES)
def test_the_numbers_stay_in_their_order(xp, options, shape):
    layer, x = LAYER.replace(**options), grid(2, 3, 4, 5)
    (y,) = forward(layer, xp, [x])
    assert y.shape == shape == plan_of(layer, [x]).tops[0].shape
    np.testing.assert_array_equal(y.ravel(), x.ravel())
    dy = grid(*shape, seed=3)
    (dx,) = backward(layer, xp, [x], [dy])
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dx.ravel(), dy.ravel())


def test_no_bytes_move():
    layer = LAYER.replace(bottoms=["a", "b"], tops=["a2", "b2"])
    plan = plan_of(layer, [grid(2, 3, 4), grid(5, 6)])
    assert plan.views == ((0, 0), (1, 1))
    assert plan.saves == frozenset()


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(2, 3)], wants=[False]) == (None,)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"axis": 4}, "axis 4 does not exist in a blob of 2 x 3 x 4"),
        ({"end_axis": -5}, "axis -5 does not exist"),
        ({"axis": 2, "end_axis": 1}, "axis=2 comes after end_axis=1 in a blob of 2 x 3 x 4"),
    ],
)
def test_axes_that_cannot_be(options, text):
    with pytest.raises(ShapeError, match=rf"'flat'.*{text}"):
        plan_of(LAYER.replace(**options), [grid(2, 3, 4)])
