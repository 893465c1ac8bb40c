from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.tile import TileLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of, tolerance

LAYER = TileLayer(name="again", tiles=3, bottoms=["x"], tops=["y"])


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4,), 0), ((2, 3), 1), ((2, 3, 4), 0), ((2, 3, 4, 5), -1)])
def test_each_element_comes_again_after_the_whole_axis(xp, shape, axis):
    x = grid(*shape)
    (y,) = forward(LAYER.replace(axis=axis), xp, [x])
    assert y.shape == plan_of(LAYER.replace(axis=axis), [x]).tops[0].shape
    for index in np.ndindex(*y.shape):
        source = list(index)
        source[axis] %= shape[axis]
        assert y[index] == x[tuple(source)]


@both_namespaces
def test_the_gradient_is_the_sum_over_the_tiles(xp):
    x, dy = grid(2, 3, 4), grid(2, 9, 4, seed=1)
    (dx,) = backward(LAYER, xp, [x], [dy])
    expected = [[[sum(dy[n, c + 3 * t, k] for t in range(3)) for k in range(4)] for c in range(3)] for n in range(2)]
    np.testing.assert_allclose(dx, expected, rtol=0, atol=tolerance(3, 2.0))


def test_tiles_are_counted_from_1():
    with pytest.raises(OptionError, match="tiles=0 must be at least 1"):
        LAYER.replace(tiles=0)


def test_the_axis_must_exist():
    with pytest.raises(ShapeError, match=r"axis 2 does not exist in a blob of 4 x 5"):
        plan_of(LAYER.replace(axis=2), [grid(4, 5)])
