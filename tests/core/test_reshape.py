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


@pytest.mark.parametrize("shape", [(0, -3), (-2, 3), (-1, -1), (2.5,), 24])
def test_impossible_shapes(shape):
    with pytest.raises(OptionError, match=r"shape(=| is a list of whole numbers)"):
        reshape(shape)


@pytest.mark.parametrize(
    ("shape", "options", "expected"),
    [
        ((0, -1), {}, (5, 2, 12)),
        ((0, 2, -1, 0), {"axis": 0}, (5, 2, 3, 4)),
        ((-1, 12), {"axis": 0}, (10, 12)),
        ((3, 1), {"axis": 2, "num_axes": 1}, (5, 2, 3, 1, 4)),
        ((1,), {"axis": 1, "num_axes": 0}, (5, 1, 2, 3, 4)),
        ((1, 1), {"axis": -1}, (5, 2, 3, 4, 1, 1)),
        ((-1,), {"axis": -3}, (5, 2, 12)),
        ((-1,), {"axis": 0, "num_axes": 2}, (10, 3, 4)),
        ((2, 0), {"axis": 0, "num_axes": 0}, None),
    ],
    ids=str,
)
def test_some_axes_only(shape, options, expected):
    """The worked rule of Caffe: 0 copies the size in that place, `shape` replaces num_axes axes from axis on."""
    x = grid(5, 2, 3, 4)
    layer = reshape(shape, **options)
    if expected is None:
        with pytest.raises(ShapeError, match="cannot hold them"):
            plan_of(layer, [x])
        return
    (y,) = forward(layer, np, [x])
    assert y.shape == plan_of(layer, [x]).tops[0].shape == expected
    np.testing.assert_array_equal(y.ravel(), x.ravel())
    np.testing.assert_array_equal(backward(layer, np, [x], [y])[0], x)


@pytest.mark.parametrize(
    ("shape", "options", "text"),
    [
        ((1,), {"axis": 5}, "axis=5 and num_axes=-1 do not fit"),
        ((1,), {"axis": -6}, "axis=-6 and num_axes=-1 do not fit"),
        ((1,), {"axis": 3, "num_axes": 2}, "axis=3 and num_axes=2 do not fit"),
        ((4, 0), {"axis": 3}, "copies a size that 5 x 2 x 3 x 4 does not have"),
    ],
)
def test_axes_must_exist(shape, options, text):
    with pytest.raises(ShapeError, match=text):
        plan_of(reshape(shape, **options), [grid(5, 2, 3, 4)])


def test_a_batch_size_that_the_shape_names_follows_the_batch():
    """What `net.predict` asks with batches of another size."""
    assert reshape((64, -1), axis=0).resized(3, trained=64).shape == (3, -1)
    assert reshape((640, -1), axis=0).resized(3, trained=64).shape == (30, -1)
    for layer in (reshape((0, -1), axis=0), reshape((1, -1), axis=0), reshape((64,))):
        assert layer.resized(3, trained=64) is layer
