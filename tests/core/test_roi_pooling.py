from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers import roi_pooling
from mocha_core.layers.roi_pooling import ROIPoolingLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of

LAYER = ROIPoolingLayer(name="roi", size=(3, 2), scale=0.5, bottoms=["x", "rois"], tops=["y"])
X = grid(2, 3, 8, 9)
ROIS = np.array(
    [
        [0, 0, 0, 17, 15],  # the whole image
        [1, 2, 4, 9, 11],
        [0, 3, 3, 3, 3],  # 1.5 rounds to 2
        [1, 10, 8, 4, 2],  # turned round: one pixel
        [0, -9, -6, 5, 40],  # beyond the image on three sides
        [1, 60, 60, 80, 80],  # outside
    ],
    float,
)


def half_up(value: float) -> int:
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def bins(roi: np.ndarray, size: tuple[int, int], scale: float):
    """The pixels of each bin, one by one, as in py-faster-rcnn."""
    left, top, right, bottom = (half_up(c * scale) for c in roi[1:])
    height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
    for i, j in np.ndindex(*size):
        rows = range(top + i * height // size[0], top + math.ceil((i + 1) * height / size[0]))
        columns = range(left + j * width // size[1], left + math.ceil((j + 1) * width / size[1]))
        yield i, j, [(a, b) for a in rows for b in columns if 0 <= a < X.shape[2] and 0 <= b < X.shape[3]]


def naive(x, rois, size, scale, dy=None):
    """The tops; and, where dy is given, the gradient by x."""
    y, dx = np.zeros((len(rois), x.shape[1], *size)), np.zeros_like(x)
    for r, roi in enumerate(rois):
        n = int(roi[0])
        for i, j, cells in bins(roi, size, scale):
            for c in range(x.shape[1]):
                best = max(cells, key=lambda cell: x[n, c, *cell], default=None)
                if best is not None:
                    y[r, c, i, j] = x[n, c, *best]
                    dx[n, c, *best] += 0 if dy is None else dy[r, c, i, j]
    return y if dy is None else dx


@both_namespaces
@pytest.mark.parametrize("size", [(3, 2), (1, 1), (7, 7), (2, 5)])
@pytest.mark.parametrize("scale", [0.5, 1.0, 1 / 16])
def test_each_bin_of_each_region(xp, size, scale):
    layer = LAYER.replace(size=size, scale=scale)
    (y,) = forward(layer, xp, [X, ROIS])
    np.testing.assert_array_equal(y, naive(X, ROIS, size, scale))
    dy = grid(*y.shape, seed=5)
    dx, none = backward(layer, xp, [X, ROIS], [dy])
    assert none is None
    np.testing.assert_allclose(dx, naive(X, ROIS, size, scale, dy), rtol=0, atol=1e-13)


@both_namespaces
@pytest.mark.parametrize("bad", [-1.0, 2.0, np.nan])
def test_a_region_of_no_image_is_nan_and_passes_no_gradient(xp, bad):
    rois = np.array([[1, 2, 4, 9, 11], [bad, 2, 4, 9, 11]])
    (y,) = forward(LAYER, xp, [X, rois])
    np.testing.assert_array_equal(y[:1], naive(X, rois[:1], (3, 2), 0.5))
    assert np.isnan(y[1]).all()
    dy = grid(*y.shape, seed=5)
    dx, _ = backward(LAYER, xp, [X, rois], [dy])
    np.testing.assert_allclose(dx, naive(X, rois[:1], (3, 2), 0.5, dy[:1]), rtol=0, atol=1e-13)


def test_a_tie_goes_to_the_first():
    dx, _ = backward(LAYER.replace(size=1), np, [np.ones((1, 1, 4, 4)), np.array([[0, 2, 2, 7, 7.0]])])
    assert dx.sum() == dx[0, 0, 1, 1] == 1


def test_gradient_is_the_slope():
    check_gradient(LAYER, np, [X, ROIS])


def test_many_regions_are_looked_at_in_parts(monkeypatch):
    whole = forward(LAYER, np, [X, ROIS])[0], backward(LAYER, np, [X, ROIS])[0]
    monkeypatch.setattr(roi_pooling, "AT_ONCE", 2 * X[0].size)
    np.testing.assert_array_equal(forward(LAYER, np, [X, ROIS])[0], whole[0])
    np.testing.assert_array_equal(backward(LAYER, np, [X, ROIS])[0], whole[1])


def test_regions_may_have_axes_of_length_one():
    (y,) = forward(LAYER, np, [X, ROIS.reshape(6, 5, 1, 1)])
    np.testing.assert_array_equal(y, naive(X, ROIS, (3, 2), 0.5))


@pytest.mark.parametrize(
    ("shapes", "text"),
    [
        (((2, 3, 8, 9), (6, 4)), r"'rois' is 6 x 4; regions are \(count, 5\)"),
        (((2, 3, 8, 9), (6,)), "regions are"),
        (((2, 3), (6, 5)), "the layer reads images"),
    ],
)
def test_shapes_that_do_not_fit(shapes, text):
    with pytest.raises(ShapeError, match=text):
        plan_of(LAYER, [grid(*shape) for shape in shapes])


@pytest.mark.parametrize("options", [{"size": 0}, {"scale": 0.0}, {"scale": math.inf}, {"bottoms": ["x"]}])
def test_options_that_cannot_be(options):
    with pytest.raises(OptionError, match="layer 'roi'"):
        LAYER.replace(**options)


def test_examples_are_regions_of_whole_bins_in_the_image():
    specs = (BlobSpec(X.shape), BlobSpec((40, 5, 1, 1)))
    assert LAYER.example(0, specs, np.random.default_rng(0)) is None
    regions = LAYER.example(1, specs, np.random.default_rng(0)).reshape(40, 5)
    assert set(regions[:, 0]) == {0, 1}
    first, last = regions[:, 1:3] * LAYER.scale, regions[:, 3:] * LAYER.scale
    assert (first >= 0).all()
    assert (last < (X.shape[3], X.shape[2])).all()
    assert not np.any((last - first + 1) % LAYER.size[::-1])
    assert len(np.unique(last - first)) > 1


def test_examples_where_there_are_more_bins_than_pixels():
    specs, random = (BlobSpec(X.shape), BlobSpec((1, 5))), np.random.default_rng(0)
    (region,) = LAYER.replace(size=12, scale=1).example(1, specs, random)
    assert region[1:].tolist() == [0, 0, X.shape[3] - 1, X.shape[2] - 1]
