from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.pooling import PoolingLayer
from mocha_core.layers.unpooling import UnpoolingLayer
from mocha_core.pooling import Pooling

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of

LAYER = UnpoolingLayer(name="up", factor=2, bottoms=["x", "places"], tops=["y"])
POOL = PoolingLayer(name="pool", kernel=2, stride=2, pooling=Pooling.Max(), mask=True, bottoms=["x"], tops=["y", "m"])


def naive(x, places, size):
    y = np.zeros((*x.shape[:2], size[0] * size[1]))
    for n, c, i, j in np.ndindex(*x.shape):
        if 0 <= places[n, c, i, j] < y.shape[2]:
            y[n, c, int(places[n, c, i, j])] = x[n, c, i, j]
    return y.reshape(*x.shape[:2], *size)


@both_namespaces
@pytest.mark.parametrize("most", [3, 24, 60])
def test_each_number_goes_to_its_place(xp, most):
    """Some places are named several times, some not at all, some lie beyond the image."""
    x, places = grid(2, 3, 4, 5), np.random.default_rng(most).integers(-1, most, (2, 3, 4, 5)).astype(float)
    (y,) = forward(LAYER.replace(factor=(), size=(6, 4)), xp, [x, places])
    np.testing.assert_array_equal(y, naive(x, places, (6, 4)))


@both_namespaces
@pytest.mark.parametrize("size", [(6, 8), (5, 8), (5, 7)])
def test_maxima_come_back_to_where_they_were(xp, size):
    image = grid(2, 3, *size)
    pooled, places = forward(POOL, xp, [image])
    layer = LAYER.replace(less=tuple(side % 2 for side in size))
    (y,) = forward(layer, xp, [pooled, places])
    assert y.shape == image.shape
    np.testing.assert_array_equal(y, np.where(y != 0, image, 0))
    assert np.count_nonzero(y) == pooled.size


@both_namespaces
@pytest.mark.parametrize("most", [4, 80])
def test_gradient_is_the_slope(xp, most):
    places = np.random.default_rng(0).integers(-1, most, (1, 2, 3, 4)).astype(float)
    check_gradient(LAYER, xp, [grid(1, 2, 3, 4), places])


def test_places_of_a_single_precision_are_rounded():
    x, places = grid(1, 1, 1, 2), np.array([[[[2.9999998, 1.0000001]]]])
    (y,) = forward(LAYER, np, [x, places])
    np.testing.assert_array_equal(y.reshape(-1), naive(x, np.array([[[[3, 1.0]]]]), (2, 4)).reshape(-1))


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(1, 1, 2, 2), np.zeros((1, 1, 2, 2))], wants=[False, False]) == (None, None)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"size": 3}, "either factor or size"),
        ({"factor": ()}, "either factor or size"),
        ({"factor": 0}, "factor is a pair"),
        ({"factor": (), "size": 4, "less": 1}, "less=.* goes with factor"),
        ({"bottoms": ["x"]}, "needs 2 bottoms"),
    ],
)
def test_options_that_cannot_be(options, text):
    with pytest.raises(OptionError, match=text):
        LAYER.replace(**options)


@pytest.mark.parametrize(
    ("places", "options", "text"),
    [
        ((2, 3, 4, 4), {}, "'places' is 2 x 3 x 4 x 4; it needs a place for each number of 2 x 3 x 4 x 5"),
        ((2, 3, 4, 5), {"less": (8, 0)}, "leaves nothing"),
    ],
)
def test_shapes_that_do_not_fit(places, options, text):
    with pytest.raises(ShapeError, match=text):
        plan_of(LAYER.replace(**options), [grid(2, 3, 4, 5), grid(*places)])
