from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.layers import Im2colLayer
from mocha_core import ShapeError
from mocha_core.testing import grid

from .running import backward, forward, plan_of

LAYER = Im2colLayer(name="cells", kernel=(3, 2), stride=(2, 1), pad=1, dilation=(1, 2), bottoms=["x"], tops=["y"])


def test_each_cell_of_each_window():
    x = grid((2, 3, 7, 6))
    (y,) = forward(LAYER, x)
    assert y.shape == (2, 18, 4, 6)
    for n, channel, row, column in np.ndindex(*y.shape):
        c, cell = divmod(channel, 6)
        i, j = 2 * row - 1 + cell // 2, column - 1 + 2 * (cell % 2)
        inside = 0 <= i < 7 and 0 <= j < 6
        assert y[n, channel, row, column] == (x[n, c, i, j] if inside else 0)


def test_the_gradient_is_the_adjoint():
    x, dy = grid((2, 3, 7, 6)), grid((2, 18, 4, 6), seed=1)
    (dx,) = backward(LAYER, [x], [dy])
    assert np.sum(dx * x) == pytest.approx(np.sum(dy * forward(LAYER, x)[0]), rel=1e-12)


def test_the_kernel_must_fit():
    with pytest.raises(ShapeError, match="does not fit on 2 x 3 x 1 x 1"):
        plan_of(LAYER.replace(pad=0), grid((2, 3, 1, 1)))
