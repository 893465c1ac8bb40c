from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.reshape import ReshapeLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of


def reshape(shape, **options):
    return ReshapeLayer(name="rows", shape=shape, bottoms=["x"], tops=["y"], **options)


@both_namespaces
@pytest.mark.parametrize("shape", [(4, 6), (-1, 6), (24,), (2, -1, 3, 1)])
def test_keeps_the_batch_and_the_order(xp, shape):
    x = grid(5, 2, 3, 4)
    (y,) = forward(reshape(shape), xp, [x])
    assert y.shape == plan_of(reshape(shape), [x]).tops[0].shape
    assert y.shape[0] == 5
    np.testing.assert_array_equal(y.ravel(), x.ravel())


@both_namespaces
def test_gradients_take_the_shape_of_the_bottoms(xp):
    layer = ReshapeLayer(shape=(6, -1), bottoms=["a", "b"], tops=["c", "d"])
    a, b, dc, dd = grid(2, 3, 4), grid(5, 12, 1), grid(2, 6, 2, seed=1), grid(5, 6, 2, seed=2)
    da, db = backward(layer, xp, [a, b], [dc, dd])
    np.testing.assert_array_equal(da, dc.reshape(2, 3, 4))
    np.testing.assert_array_equal(db, dd.reshape(5, 12, 1))
    assert backward(layer, xp, [a, b], [dc, dd], wants=[True, False])[1] is None


def test_every_top_is_a_view():
    layer = ReshapeLayer(shape=[6], bottoms=["a", "b"], tops=["c", "d"])
    plan = plan_of(layer, [grid(2, 3, 2), grid(4, 6)])
    assert plan.views == ((0, 0), (1, 1))
    assert plan.saves == frozenset()


def test_empty_shape_drops_the_last_axis():
    (y,) = forward(reshape(()), np, [grid(4, 1)])
    assert y.shape == (4,)


@pytest.mark.parametrize("shape", [(5, 5), (5, -1), (48, -1)])
def test_elements_must_fit(shape):
    with pytest.raises(ShapeError, match=r"'rows'.*a sample of 2 x 3 x 4 has 24 elements.*batch size 5 not counted"):
        plan_of(reshape(shape), [grid(5, 2, 3, 4)])


@pytest.mark.parametrize("shape", [(0, 3), (-2, 3), (-1, -1), (2.5,), 24])
def test_impossible_shapes(shape):
    with pytest.raises(OptionError, match="shape="):
        reshape(shape)
