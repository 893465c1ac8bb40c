from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers import InfogainLossLayer, SoftmaxLayer, SoftmaxLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

GAIN = np.array([[1.0, 0.25, 0.0], [0.5, 2.0, 0.125], [0.0, -0.75, 1.5]])
SHAPE, LABEL = (2, 3, 4), np.array([[0.0, 1, 2, 2], [1, 0, 2, 1]])
OPTION = InfogainLossLayer(name="loss", bottoms=["x", "label"], matrix=GAIN, weight=0.5)
BLOB = InfogainLossLayer(name="loss", bottoms=["x", "label", "gain"], weight=0.5)


def naive(x: Host, ignored: int = -1) -> float:
    terms = []
    for n, j in np.ndindex(2, 4):
        y, exps = int(LABEL[n, j]), [math.exp(value) for value in x[n, :, j]]
        if y != ignored:
            terms += [-GAIN[y, k] * math.log(exps[k] / math.fsum(exps)) for k in range(3)]
    return 0.5 * math.fsum(terms)


@both_namespaces
def test_against_a_loop(xp):
    x = grid(*SHAPE)
    for layer, blobs in ((OPTION, [x, LABEL]), (BLOB, [x, LABEL, GAIN]), (BLOB, [x, LABEL, GAIN.reshape(1, 1, 3, 3)])):
        assert forward(layer, xp, blobs)[0] == pytest.approx(naive(x) / 8, rel=tolerance(24))


@both_namespaces
def test_labels_to_ignore(xp):
    x, layer = grid(*SHAPE), OPTION.replace(ignore_label=2)
    loss, items = forward(layer, xp, [x, LABEL])
    assert items == 5
    assert loss == pytest.approx(naive(x, ignored=2) / 5, rel=tolerance(24))


@both_namespaces
@pytest.mark.parametrize("options", [{}, {"ignore_label": 1, "normalization": "full"}])
def test_gradient_is_the_slope_and_others_get_none(xp, options):
    blobs = [grid(*SHAPE), LABEL, GAIN]
    check_gradient(OPTION.replace(**options), xp, blobs[:2])
    check_gradient(BLOB.replace(**options), xp, blobs)
    assert plan_of(BLOB, blobs).constants == (1, 2)
    assert backward(BLOB, xp, blobs)[1:] == (None, None)
    assert backward(BLOB, xp, blobs, wants=[False] * 3) == (None, None, None)


@both_namespaces
def test_of_the_unit_matrix_it_is_the_softmax_loss(xp):
    blobs: list[Host] = [grid(5, 3), np.array([0.0, 2, 1, 1, 0])]
    softmax = SoftmaxLossLayer(bottoms=["x", "label"], weight=0.5)
    assert forward(OPTION.replace(matrix=np.eye(3)), xp, blobs) == forward(softmax, xp, blobs)


def test_facts():
    blobs = [grid(*SHAPE), LABEL]
    plan = plan_of(OPTION, blobs)
    assert (plan.items, plan.tops[0].shape) == (8, ())
    assert OPTION.report(0.5) == {"infogain-loss": 0.5}
    assert OPTION.replace(matrix=GAIN.tolist()) == OPTION
    assert OPTION.for_prediction() == SoftmaxLayer(name="loss/prob", bottoms=["x"], tops=["loss/prob"])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"matrix": np.ones((2, 3))}, r"must be square.*\(2, 3\)"),
        ({"matrix": [[np.nan]]}, "array of finite numbers"),
        ({"matrix": [["a"]]}, "array of finite numbers"),
        ({"matrix": ()}, "needs 3 bottoms, got 2"),
        ({"bottoms": ["x", "label", "gain"]}, "needs 2 bottoms, got 3"),
    ],
)
def test_impossible_options(options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        OPTION.replace(**options)


def test_the_matrix_fits_the_classes():
    with pytest.raises(ShapeError, match="4 classes need a matrix of 4 x 4 numbers, got one of 9"):
        plan_of(OPTION, [grid(2, 4), grid(2, 1)])
    with pytest.raises(ShapeError, match="3 classes need a matrix of 3 x 3 numbers, got one of 8"):
        plan_of(BLOB, [grid(2, 3), grid(2, 1), grid(2, 4)])
