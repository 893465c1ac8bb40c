"""DetectionOutputLayer against loops, and each of its options."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe import detections
from mocha_caffe.layers import DetectionOutputLayer
from mocha_core import OptionError, ShapeError

from . import naive_ssd
from .running import forward, plan_of

LAYER = DetectionOutputLayer(
    name="found", num_classes=3, nms_threshold=0.45, bottoms=["places", "scores", "priors"], tops=["found"]
)


def predictions(layer, num=2, count=9, seed=0):
    """Boxes that overlap more or less, scores in tenths so that many are equal."""
    random = np.random.default_rng(seed)
    wide = 1 if layer.share_location else layer.num_classes
    middle, half = random.uniform(0.3, 0.7, (count, 2)), random.uniform(0.1, 0.3, (count, 2))
    priors = np.concatenate([middle - half, middle + half], axis=1)
    variances = np.tile([0.1, 0.1, 0.2, 0.2], count)
    places = random.normal(size=(num, count * wide * 4)) / (4 if layer.variance_encoded_in_target else 1)
    scores = random.integers(1, 10, (num, count * layer.num_classes)) / 10
    return places, scores, np.stack([priors.ravel(), variances])[None]


OPTIONS = {
    "corner": {},
    "corner_size": {"code_type": "corner_size"},
    "center_size": {"code_type": "center_size"},
    "encoded": {"code_type": "center_size", "variance_encoded_in_target": True},
    "encoded corners": {"variance_encoded_in_target": True, "clip": True},
    "places for each class": {"share_location": False, "code_type": "center_size"},
    "another background": {"background_label_id": 2, "share_location": False},
    "no background": {"background_label_id": -1},
    "threshold": {"confidence_threshold": 0.5},
    "few are looked at": {"top_k": 4},
    "few are kept": {"keep_top_k": 5},
    "one is kept": {"keep_top_k": 1, "top_k": 3},
    "eta": {"eta": 0.8, "nms_threshold": 0.9},
    "nothing overlaps": {"nms_threshold": 0.0},
    "all stay": {"nms_threshold": 1.0},
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", OPTIONS)
def test_it_finds_what_the_description_says(name, seed):
    layer = LAYER.replace(**OPTIONS[name])
    bottoms = predictions(layer, seed=seed)
    wanted = naive_ssd.detections(layer, *bottoms)
    (found,) = forward(layer, *bottoms)
    np.testing.assert_allclose(detections(found), wanted, rtol=0, atol=1e-14)
    assert (found.reshape(-1, 7)[len(wanted) :] == -1).all()


@pytest.mark.parametrize(
    ("options", "rows"), [({}, 2 * 2 * 9), ({"top_k": 4}, 2 * 2 * 4), ({"keep_top_k": 7}, 14), ({"keep_top_k": 99}, 36)]
)
def test_how_many_rows_there_are(options, rows):
    layer = LAYER.replace(**options)
    assert plan_of(layer, *predictions(layer)).tops[0].shape == (1, 1, rows, 7)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"num_classes": 1}, "no class besides the background"),
        ({"code_type": "CORNER"}, "must be one of corner, center_size, corner_size"),
        ({"nms_threshold": -0.1}, "must not be negative"),
        ({"nms_threshold": float("nan")}, "nms_threshold is a finite number, not nan"),
        ({"eta": 0}, "eta=0 must be above 0"),
        ({"eta": 1.5}, "1 at most"),
        ({"top_k": 0}, "top_k=0 must be positive"),
        ({"keep_top_k": -2}, "or -1 for all"),
        ({"confidence_threshold": float("nan")}, "confidence_threshold is a finite number or None, not nan"),
        ({"bottoms": ["places", "scores"]}, "needs 3 bottoms"),
    ],
)
def test_what_is_refused(options, said):
    with pytest.raises(OptionError, match=f"layer 'found'.*{said}"):
        LAYER.replace(**options)


def test_bottoms_that_do_not_fit_each_other():
    places, scores, priors = predictions(LAYER)
    with pytest.raises(ShapeError, match="'places' is 2 x 35; 9 prior boxes need 4 numbers each: 2 x 36"):
        plan_of(LAYER, places[:, 1:], scores, priors)
    with pytest.raises(ShapeError, match="'scores' is 1 x 27; 9 prior boxes need 3 numbers each: 2 x 27"):
        plan_of(LAYER, places, scores[:1], priors)
    with pytest.raises(ShapeError, match="'priors' is 2 x 36; prior boxes are 1 x 2 x"):
        plan_of(LAYER, places, scores, priors[0])


def test_detections_are_rows_of_seven():
    with pytest.raises(ShapeError, match=r"rows of 7 numbers, the top of a DetectionOutput, not \(2, 3\)"):
        detections(np.zeros((2, 3)))
