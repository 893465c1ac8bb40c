from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.argmax import ArgmaxLayer

from .layer_math import both_namespaces, forward, grid, plan_of

LAYER = ArgmaxLayer(name="best", bottoms=["x"], tops=["y"])


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4, 5), 1), ((2, 3, 4, 5), 1), ((2, 3, 4), -1), ((2, 3, 4, 5, 2), -2)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_position_of_the_largest_counted_from_0(xp, shape, axis, dtype):
    x = grid(*shape, dtype=dtype)
    (y,) = forward(LAYER.replace(axis=axis), xp, [x])
    lines, found = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    for index in np.ndindex(*lines.shape[:-1]):
        line = lines[index].tolist()
        assert found[index].tolist() == [float(line.index(max(line)))]
    assert y.dtype == dtype


@both_namespaces
def test_the_first_of_equals(xp):
    (y,) = forward(LAYER, xp, [np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])])
    assert y.tolist() == [[1.0], [0.0]]


def test_several_bottoms_of_different_shapes():
    layer = LAYER.replace(bottoms=["a", "b"], tops=["a2", "b2"])
    assert [top.shape for top in plan_of(layer, [grid(2, 3), grid(4, 5, 6)]).tops] == [(2, 1), (4, 1, 6)]


def test_no_gradient():
    assert not LAYER.traits.backprop


@pytest.mark.parametrize("axis", [0, -2])
def test_the_batch_is_no_axis_to_search(axis):
    with pytest.raises(ShapeError, match=rf"'best'.*axis {axis} of a blob of 4 x 5 is the batch"):
        plan_of(LAYER.replace(axis=axis), [grid(4, 5)])


def test_a_top_for_each_bottom():
    with pytest.raises(OptionError, match="one top per bottom, got 2 bottoms and 1 tops"):
        LAYER.replace(bottoms=["a", "b"])
