from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.layers import ArgMaxLayer
from mocha_core import OptionError, ShapeError
from mocha_core.testing import grid

from .running import forward, plan_of

LAYER = ArgMaxLayer(name="top", bottoms=["x"], tops=["y"])


def best(line, count):
    """Pairs (value, index), sorted downwards: of equal values the larger index first."""
    return sorted(((value, index) for index, value in enumerate(line)), reverse=True)[:count]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((4, 7), 1), ((2, 5, 3), 1), ((2, 3, 4, 5), -1), ((3, 4), 0)], ids=str)
def test_along_an_axis(shape, axis, ties):
    x = np.round(grid(shape)) if ties else grid(shape)
    (positions,), (values,) = (forward(LAYER.replace(axis=axis, top_k=3, values=v), x) for v in (False, True))
    lines, where, what = (np.moveaxis(array, axis, -1) for array in (x, positions, values))
    for index in np.ndindex(*lines.shape[:-1]):
        expected = best(lines[index].tolist(), 3)
        assert what[index].tolist() == [value for value, _ in expected]
        assert where[index].tolist() == [position for _, position in expected]


@pytest.mark.parametrize("shape", [(2, 7), (2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 2)], ids=str)
def test_among_all_elements_of_a_sample(shape):
    x = grid(shape)
    (positions,), (both,) = (forward(LAYER.replace(top_k=2, values=v), x) for v in (False, True))
    rest = (1,) * (len(shape) - 3)
    assert positions.shape == (2, 1, 2, *rest)
    assert both.shape == (2, 2, 2, *rest)
    for n in range(2):
        expected = best(x[n].ravel().tolist(), 2)
        assert positions[n].ravel().tolist() == [position for _, position in expected]
        assert both[n].ravel().tolist() == [p for _, p in expected] + [v for v, _ in expected]


def test_infinite_elements_are_not_counted_twice():
    (y,) = forward(LAYER.replace(top_k=3), np.array([[-np.inf, 1.0, -np.inf]]))
    assert y.ravel().tolist() == [1, 2, 0]


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match="there are 3 elements in 2 x 3 to choose from, fewer than top_k=4"):
        plan_of(LAYER.replace(top_k=4), grid((2, 3)))
    with pytest.raises(ShapeError, match="axis 2 does not exist"):
        plan_of(LAYER.replace(axis=2), grid((2, 3)))
    with pytest.raises(OptionError, match="top_k=0 must be at least 1"):
        LAYER.replace(top_k=0)
