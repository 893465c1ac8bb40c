from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.layers import SPPLayer
from mocha_core import OptionError, Pooling, ShapeError
from mocha_core.testing import grid

from .running import forward, plan_of

SPP = SPPLayer(name="spp", levels=3, bottoms=["x"], tops=["y"])


@pytest.mark.parametrize("size", [(8, 12), (7, 9), (13, 17)], ids=str)
@pytest.mark.parametrize("pooling", [Pooling.Max(), Pooling.Mean()], ids=repr)
def test_each_bin_of_each_level(pooling, size):
    x = grid((2, 3, *size))
    (y,) = forward(SPP.replace(pooling=pooling), x)
    expected = []
    for bins in (1, 2, 4):
        kernel = [-(-side // bins) for side in size]
        pad = [(k * bins - side + 1) // 2 for k, side in zip(kernel, size, strict=True)]
        for c, i, j in np.ndindex(3, bins, bins):
            top, left = i * kernel[0] - pad[0], j * kernel[1] - pad[1]
            cells = x[:, c, max(top, 0) : top + kernel[0], max(left, 0) : left + kernel[1]].reshape(2, -1)
            area = (min(top + kernel[0], size[0] + pad[0]) - top) * (min(left + kernel[1], size[1] + pad[1]) - left)
            expected.append(cells.max(1) if pooling == Pooling.Max() else cells.sum(1) / area)
    np.testing.assert_allclose(y, np.stack(expected, 1), rtol=0, atol=1e-14)


def test_one_level_stays_an_image():
    x = grid((2, 3, 5, 4))
    np.testing.assert_array_equal(forward(SPP.replace(levels=1), x)[0], x.max(axis=(2, 3), keepdims=True))


def test_images_smaller_than_the_bins_are_refused():
    with pytest.raises(ShapeError, match="2 x 3 x 2 x 9 is too small for the 4 bins of level 2"):
        plan_of(SPP, grid((2, 3, 2, 9)))


@pytest.mark.parametrize("levels", [0, 17])
def test_levels(levels):
    with pytest.raises(OptionError, match=r"levels is 1 \.\.\. 16"):
        SPP.replace(levels=levels)
