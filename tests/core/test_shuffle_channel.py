from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.shuffle_channel import ShuffleChannelLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of

LAYER = ShuffleChannelLayer(name="mix", groups=3, bottoms=["x"], tops=["y"])


@both_namespaces
@pytest.mark.parametrize("groups", [1, 2, 3, 4, 12])
@pytest.mark.parametrize("image", [(), (5,), (2, 3)])
def test_each_channel(xp, groups, image):
    x, each = grid(2, 12, *image), 12 // groups
    (y,) = forward(LAYER.replace(groups=groups), xp, [x])
    for group, k in np.ndindex(groups, each):
        np.testing.assert_array_equal(y[:, k * groups + group], x[:, group * each + k])


@both_namespaces
def test_the_gradient_goes_back_where_the_number_came_from(xp):
    x = grid(2, 12, 3)
    (y,) = forward(LAYER, xp, [x])
    np.testing.assert_array_equal(backward(LAYER, xp, [x], [y])[0], x)


def test_groups_must_divide_the_channels():
    with pytest.raises(ShapeError, match="'x' is 2 x 7; it needs channels on axis 1 that groups=3 divides"):
        plan_of(LAYER, [grid(2, 7)])


def test_groups_are_counted_from_one():
    with pytest.raises(OptionError, match="groups=0 must be at least 1"):
        LAYER.replace(groups=0)
