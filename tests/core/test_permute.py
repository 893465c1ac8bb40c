from __future__ import annotations

import itertools

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.permute import PermuteLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of

LAYER = PermuteLayer(name="turn", order=(2, 0, 1), bottoms=["x"], tops=["y"])


@both_namespaces
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_axis_k_of_the_top_is_axis_order_k_of_the_bottom(xp, order):
    layer, x = LAYER.replace(order=order), grid(2, 3, 4)
    (y,) = forward(layer, xp, [x])
    dy = grid(*y.shape, seed=1)
    (dx,) = backward(layer, xp, [x], [dy])
    for index in np.ndindex(*y.shape):
        there = [0, 0, 0]
        for k, axis in enumerate(order):
            there[axis] = index[k]
        assert y[index] == x[tuple(there)]
        assert dx[tuple(there)] == dy[index]


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(2, 3, 4)], wants=[False]) == (None,)


@pytest.mark.parametrize("order", [(0, 0, 1), (1, 2, 3), (0, -1), (0, 2)])
def test_every_axis_once(order):
    with pytest.raises(OptionError, match=r"'turn'.*must name each of the axes 0 \.\.\. \d once"):
        LAYER.replace(order=order)


def test_as_many_axes_as_the_blob_has():
    with pytest.raises(ShapeError, match=r"'x' is 2 x 3, and order=\(2, 0, 1\) is for 3 axes"):
        plan_of(LAYER, [grid(2, 3)])
