from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.concat import ConcatLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of


def concat(**options):
    return ConcatLayer(name="join", bottoms=["a", "b", "c"], tops=["abc"], **options)


def blobs(axis, dims):
    shape = [2, 3, 4, 5, 6][:dims]
    return [grid(*shape[:axis], size, *shape[axis + 1 :], seed=size) for size in (1, 3, 2)]


@both_namespaces
@pytest.mark.parametrize(("dims", "axis"), [(1, 0), (2, 1), (4, 1), (4, 2), (4, -1), (5, -5)])
def test_values_and_gradients_lie_where_they_belong(xp, dims, axis):
    """Behaviour 44: negative axes work, and blobs of two dimensions."""
    front = axis % dims
    xs = blobs(front, dims)
    (y,) = forward(concat(axis=axis), xp, xs)
    dy = grid(*y.shape, seed=9)
    dxs = backward(concat(axis=axis), xp, xs, [dy])
    start = 0
    for x, dx in zip(xs, dxs, strict=True):
        for index in np.ndindex(*x.shape):
            there = (*index[:front], index[front] + start, *index[front + 1 :])
            assert y[there] == x[index]
            assert dx[index] == dy[there]
        start += x.shape[front]
    assert y.shape[front] == start == 6


def test_default_joins_channels_of_any_blob():
    assert plan_of(concat(), blobs(1, 2)).tops[0].shape == (2, 6)
    assert plan_of(concat(), blobs(1, 4)).tops[0].shape == (2, 6, 4, 5)


def test_gradients_by_need():
    given = backward(concat(), np, blobs(1, 3), wants=[True, False, True])
    assert [dx is None for dx in given] == [False, True, False]


@pytest.mark.parametrize("second", [(2, 3, 5), (3, 3, 4), (2, 3), (2, 3, 4, 1)])
def test_other_sizes_must_be_equal(second):
    layer = ConcatLayer(name="join", bottoms=["a", "b"], tops=["ab"])
    with pytest.raises(
        ShapeError, match=r"'join'.*bottoms a, b: shapes 2 x 3 x 4, .* differ elsewhere than along axis 1"
    ):
        plan_of(layer, [grid(2, 3, 4), grid(*second)])


def test_axis_must_exist():
    with pytest.raises(ShapeError, match=r"axis 3 does not exist in a blob of 2 x 1 \(2 dimensions\)"):
        plan_of(concat(axis=3), blobs(1, 2))


@pytest.mark.parametrize(("bottoms", "tops"), [([], ["y"]), (["a", "b"], []), (["a", "b"], ["y", "z"])])
def test_one_top(bottoms, tops):
    with pytest.raises(OptionError, match="at least one bottom, and one top"):
        ConcatLayer(bottoms=bottoms, tops=tops)


def test_one_bottom_is_its_own_concatenation():
    """As some nets of Caffe have it."""
    layer, x = ConcatLayer(name="join", bottoms=["a"], tops=["y"]), grid(2, 3)
    np.testing.assert_array_equal(forward(layer, np, [x])[0], x)
    np.testing.assert_array_equal(backward(layer, np, [x], [2 * x])[0], 2 * x)
