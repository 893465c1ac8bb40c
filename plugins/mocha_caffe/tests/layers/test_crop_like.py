from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.layers import CropLikeLayer
from mocha_core import OptionError, ShapeError
from mocha_core.testing import grid

from .running import backward, forward, plan_of

LAYER = CropLikeLayer(name="crop", bottoms=["x", "like"], tops=["y"])
X, LIKE = grid((2, 6, 7, 9)), np.zeros((1, 3, 4, 5))


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({}, np.s_[:, :, :4, :5]),
        ({"offsets": [2]}, np.s_[:, :, 2:6, 2:7]),
        ({"offsets": [1, 2]}, np.s_[:, :, 1:5, 2:7]),
        ({"axis": 1, "offsets": [1]}, np.s_[:, 1:4, 1:5, 1:6]),
        ({"axis": 1, "offsets": [3, 0, 4]}, np.s_[:, 3:, :4, 4:]),
        ({"axis": 0}, np.s_[:1, :3, :4, :5]),
        ({"axis": -1, "offsets": [4]}, np.s_[:, :, :, 4:]),
    ],
    ids=str,
)
def test_the_part_and_its_gradient(options, part):
    layer = LAYER.replace(**options)
    (y,) = forward(layer, X, LIKE)
    np.testing.assert_array_equal(y, X[part])
    dx, none = backward(layer, [X, LIKE], [y])
    expected = np.zeros_like(X)
    expected[part] = y
    np.testing.assert_array_equal(dx, expected)
    assert none is None


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"offsets": [4]}, r"along axis 2 the part 4 \.\.\. 7 leaves 2 x 6 x 7 x 9"),
        ({"offsets": [0, 0, 0]}, "one for each of 2 axes"),
        ({"axis": 4}, "axis 4 does not exist"),
    ],
)
def test_what_does_not_fit(options, text):
    with pytest.raises(ShapeError, match=text):
        plan_of(LAYER.replace(**options), X, LIKE)


def test_offsets_are_not_negative_and_axes_as_many():
    with pytest.raises(OptionError, match="must not be negative"):
        LAYER.replace(offsets=[-1])
    with pytest.raises(ShapeError, match="must have as many axes"):
        plan_of(LAYER, X, LIKE[0])
