"""Which boxes DetectionOutputLayer chooses: ties, thresholds, limits."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe import detections
from mocha_caffe.layers import DetectionOutputLayer

from .running import forward

LAYER = DetectionOutputLayer(
    name="found", num_classes=3, nms_threshold=0.45, bottoms=["places", "scores", "priors"], tops=["found"]
)


def row(image, label, score, box):
    return [image, label, score, *box]


LEFT, RIGHT, MOST = (0.0, 0.0, 0.4, 0.4), (0.5, 0.5, 0.9, 0.9), (0.0, 0.0, 0.4, 0.38)


def found(layer, boxes, scores):
    """What is found if the predictions are these boxes, with one row of scores for each."""
    count = len(boxes)
    priors = np.stack([np.ravel(boxes), np.ones(count * 4)])[None]
    (top,) = forward(layer, np.zeros((1, count * 4)), np.ravel(scores)[None].astype(float), priors)
    return detections(top).tolist()


def test_nms_ties_go_to_the_first_box():
    layer = LAYER.replace(num_classes=2)
    both = [[0, 0.5], [0, 0.5]]
    assert found(layer, [LEFT, MOST], both) == [row(0, 1, 0.5, LEFT)]
    assert found(layer, [MOST, LEFT], both) == [row(0, 1, 0.5, MOST)]


def test_ties_among_many_boxes_keep_their_order():
    layer = LAYER.replace(num_classes=2, nms_threshold=1.0, top_k=40)
    boxes = [(k / 100, 0.0, k / 100 + 0.5, 1.0) for k in range(60)]
    rows = found(layer, boxes, [[0, 0.5]] * 60)
    assert [each[3] for each in rows] == [box[0] for box in boxes[:40]]


def test_keep_top_k_keeps_the_best_of_all_classes():
    scores = [[0, 0.9, 0.3], [0, 0.2, 0.8]]
    rows = [row(0, 1, 0.9, LEFT), row(0, 1, 0.2, RIGHT), row(0, 2, 0.8, RIGHT), row(0, 2, 0.3, LEFT)]
    assert found(LAYER, [LEFT, RIGHT], scores) == rows
    assert found(LAYER.replace(keep_top_k=3), [LEFT, RIGHT], scores) == [rows[0], *rows[2:]]
    assert found(LAYER.replace(keep_top_k=1), [LEFT, RIGHT], scores) == rows[:1]


def test_keep_top_k_ties_go_to_the_first_class():
    rows = found(LAYER.replace(keep_top_k=1), [LEFT], [[0, 0.5, 0.5]])
    assert rows == [row(0, 1, 0.5, LEFT)]


@pytest.mark.parametrize(
    ("encoded", "box"), [(False, (0.45, 0.45, 0.85, 0.85)), (True, (0.7, 0.7, 1.1, 1.1))], ids=["as stored", "encoded"]
)
def test_variance_encoded_in_target(encoded, box):
    layer = LAYER.replace(num_classes=2, code_type="center_size", variance_encoded_in_target=encoded)
    priors = np.array([[[0.4, 0.4, 0.8, 0.8], [0.1666666666666667, 0.1666666666666667, 0.2, 0.2]]])
    (top,) = forward(layer, np.array([[0.75, 0.75, 0.0, 0.0]]), np.array([[0.0, 1.0]]), priors)
    np.testing.assert_allclose(top[0, 0, 0], row(0, 1, 1, box), rtol=0, atol=1e-15)


def test_a_score_must_be_above_the_threshold():
    layer = LAYER.replace(num_classes=2, confidence_threshold=0.5)
    assert found(layer, [LEFT, RIGHT], [[0, 0.5], [0, 0.6]]) == [row(0, 1, 0.6, RIGHT)]
    assert found(layer, [LEFT], [[0, 0.1]]) == []


def test_an_overlap_as_large_as_the_threshold_may_stay():
    half = (0.0, 0.0, 0.5, 0.5), (0.0, 0.0, 0.5, 0.25)
    layer = LAYER.replace(num_classes=2, nms_threshold=0.5)
    assert len(found(layer, half, [[0, 0.9], [0, 0.8]])) == 2
    assert len(found(layer.replace(nms_threshold=0.49), half, [[0, 0.9], [0, 0.8]])) == 1
