"""PriorBoxLayer against its definition, box by box."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_caffe.layers import PriorBoxLayer
from mocha_core import OptionError, ShapeError

from .running import forward, plan_of

MAP, IMAGE = np.zeros((2, 8, 2, 3)), np.zeros((2, 3, 40, 60))
LAYER = PriorBoxLayer(name="priors", min_sizes=[10], bottoms=["map", "data"], tops=["priors"])


def naive(sides, step=(20, 20), image=(40, 60), offset=0.5):
    """Boxes of these (width, height), row by row, cell by cell."""
    found = []
    for row in range(2):
        for column in range(3):
            x, y = (column + offset) * step[1], (row + offset) * step[0]
            for width, height in sides:
                found += [(x - width / 2) / image[1], (y - height / 2) / image[0]]
                found += [(x + width / 2) / image[1], (y + height / 2) / image[0]]
    return found


def boxes(layer):
    (y,) = forward(layer, MAP, IMAGE)
    return y[0, 0]


def assert_boxes(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=0, atol=8 * np.finfo(float).eps)


def test_prior_box_order_is_min_then_sqrt_min_max_then_ratios():
    layer = LAYER.replace(min_sizes=[10, 8], max_sizes=[40, 18], aspect_ratios=[4])
    sides = [(10, 10), (20, 20), (20, 5), (5, 20), (8, 8), (12, 12), (16, 4), (4, 16)]
    assert_boxes(boxes(layer), naive(sides))


def test_several_sizes_without_larger_ones():
    assert_boxes(boxes(LAYER.replace(min_sizes=[16, 32])), naive([(16, 16), (32, 32)]))


@pytest.mark.parametrize(
    ("ratios", "flip", "used"),
    [
        ([2, 3], True, [2, 1 / 2, 3, 1 / 3]),
        ([2, 0.5, 3], True, [2, 1 / 2, 3, 1 / 3]),
        ([2, 0.5], False, [2, 0.5]),
        ([1, 2, 2], False, [2]),
    ],
)
def test_each_ratio_once_and_its_inverse(ratios, flip, used):
    sides = [(10, 10), *((10 * math.sqrt(r), 10 / math.sqrt(r)) for r in used)]
    assert_boxes(boxes(LAYER.replace(aspect_ratios=ratios, flip=flip)), naive(sides))


def test_prior_box_step_and_offset():
    layer = LAYER.replace(step=[16, 8], offset=0.25)
    assert_boxes(boxes(layer), naive([(10, 10)], step=(16, 8), offset=0.25))


def test_prior_box_step_is_that_of_the_image_by_default():
    (y,) = forward(LAYER.replace(image_size=[80, 30], bottoms=["map"]), MAP)
    assert_boxes(y[0, 0], naive([(10, 10)], step=(40, 10), image=(80, 30)))


def test_prior_box_clip():
    layer = LAYER.replace(min_sizes=[50])
    wanted = naive([(50, 50)])
    assert min(wanted) < 0 < 1 < max(wanted)
    assert_boxes(boxes(layer), wanted)
    assert_boxes(boxes(layer.replace(clip=True)), np.clip(wanted, 0, 1))


def test_one_variance_or_four():
    (y,) = forward(LAYER.replace(variance=[0.25]), MAP, IMAGE)
    assert set(y[0, 1]) == {0.25}
    (y,) = forward(LAYER.replace(variance=[1, 2, 3, 4], aspect_ratios=[2]), MAP, IMAGE)
    np.testing.assert_array_equal(y[0, 1].reshape(-1, 4), [[1, 2, 3, 4]] * 18)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min_sizes": []}, "min_sizes must be one number at least"),
        ({"min_sizes": [0]}, "must be positive numbers"),
        ({"min_sizes": [math.inf]}, "min_sizes is a list of finite numbers"),
        ({"min_sizes": [1.0] * 1001}, "1000 is the most"),
        ({"max_sizes": [20, 30]}, "2 max_sizes for 1 min_sizes"),
        ({"max_sizes": [5]}, "max_sizes has 5 for 10"),
        ({"aspect_ratios": [-2]}, "must be positive numbers"),
        ({"variance": [1, 2]}, "must be 1 or 4 numbers"),
        ({"offset": math.nan}, "offset is a finite number, not nan"),
        ({"step": [16]}, "must be 0 or 2 numbers"),
        ({"bottoms": ["map"]}, "give image_size"),
    ],
)
def test_what_is_refused(options, said):
    with pytest.raises(OptionError, match=f"layer 'priors'.*{said}"):
        LAYER.replace(**options)


def test_blobs_that_are_no_images():
    with pytest.raises(ShapeError, match="'map' is 2 x 8 x 2"):
        plan_of(LAYER, MAP[..., 0], IMAGE)
