from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.concat import ConcatLayer
from mocha_core.layers.slice import SliceLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of

TOPS = ["a", "b", "c"]
LAYER = SliceLayer(name="cut", bottoms=["x"], tops=TOPS)


@both_namespaces
@pytest.mark.parametrize(
    ("shape", "axis", "points", "sizes"),
    [
        ((2, 6, 4), 1, (), (2, 2, 2)),
        ((2, 6, 4), 1, (1, 3), (1, 2, 3)),
        ((6, 5), 0, (), (2, 2, 2)),
        ((2, 3, 9), -1, (2, 3), (2, 1, 6)),
        ((2, 3, 9), -2, (1, 2), (1, 1, 1)),
    ],
)
def test_pieces_and_gradients_lie_where_they_belong(xp, shape, axis, points, sizes):
    layer, x = LAYER.replace(axis=axis, slice_points=points), grid(*shape)
    front, start = axis % len(shape), 0
    ys = forward(layer, xp, [x])
    dys = [grid(*y.shape, seed=k) for k, y in enumerate(ys)]
    (dx,) = backward(layer, xp, [x], dys)
    assert tuple(y.shape[front] for y in ys) == sizes
    for y, dy in zip(ys, dys, strict=True):
        for index in np.ndindex(*y.shape):
            there = (*index[:front], index[front] + start, *index[front + 1 :])
            assert y[index] == x[there]
            assert dx[there] == dy[index]
        start += y.shape[front]


def test_concat_puts_the_pieces_together():
    x = grid(2, 7, 3)
    pieces = forward(LAYER.replace(slice_points=[2, 6]), np, [x])
    (joined,) = forward(ConcatLayer(bottoms=TOPS, tops=["x"]), np, pieces)
    np.testing.assert_array_equal(joined, x)


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(2, 3)], wants=[False]) == (None,)


def test_equal_pieces_must_be_possible():
    with pytest.raises(ShapeError, match=r"'cut'.*2 x 7 cannot be cut into 3 equal pieces along axis 1; say where"):
        plan_of(LAYER, [grid(2, 7)])


@pytest.mark.parametrize("points", [(0, 2), (2, 2), (3, 2), (2, 7), (-1, 3)])
def test_points_must_grow_within_the_blob(points):
    with pytest.raises(ShapeError, match=r"'cut'.*must grow, within 1 \.\.\. 6, on 2 x 7"):
        plan_of(LAYER.replace(slice_points=points), [grid(2, 7)])


def test_one_point_fewer_than_tops():
    with pytest.raises(OptionError, match=r"slice_points=\(1,\) must be one fewer than the tops a, b, c"):
        LAYER.replace(slice_points=[1])


@pytest.mark.parametrize(("bottoms", "tops"), [([], ["a"]), (["x", "y"], ["a"]), (["x"], [])])
def test_one_bottom_and_some_tops(bottoms, tops):
    with pytest.raises(OptionError, match="needs one bottom and at least one top"):
        SliceLayer(bottoms=bottoms, tops=tops)
