"""No option of these layers ends in a stack trace, and numbers of NumPy's are as good as Python's."""

from __future__ import annotations

import pytest

from mocha_caffe import CaffeLR, layers
from mocha_caffe.layers import (
    ArgMaxLayer,
    BatchReindexLayer,
    CropLikeLayer,
    DatumDataLayer,
    DetectionOutputLayer,
    DummyDataLayer,
    Im2colLayer,
    ImageDataLayer,
    LSTMUnitLayer,
    NormalizeLayer,
    PriorBoxLayer,
    RowFilterLayer,
    SilenceLayer,
    SPPLayer,
    StopGradientLayer,
    TrimLayer,
    WeightedSumLayer,
    WindowDataLayer,
)
from mocha_core import Layer, Spec
from mocha_core.testing import check_option_values

ONE = {"name": "one", "bottoms": ["x"], "tops": ["y"]}
TWO = {"name": "two", "bottoms": ["x", "like"], "tops": ["y"]}
SPECS: tuple[Spec, ...] = (
    ArgMaxLayer(**ONE),
    BatchReindexLayer(**TWO),
    CropLikeLayer(**TWO),
    DatumDataLayer(source="folder", batch_size=2),
    DetectionOutputLayer(name="boxes", num_classes=3, bottoms=["locations", "scores", "priors"], tops=["y"]),
    DummyDataLayer(tops=["x"], shapes=[(2, 3)]),
    Im2colLayer(kernel=3, **ONE),
    ImageDataLayer(source="list.txt", batch_size=2),
    LSTMUnitLayer(name="unit", bottoms=["c", "gates", "cont"], tops=["c2", "h2"]),
    NormalizeLayer(**ONE),
    PriorBoxLayer(min_sizes=[60], **TWO),
    RowFilterLayer(**{**TWO, "bottoms": ["x", "flag"]}),
    SilenceLayer(name="quiet", bottoms=["x"]),
    SPPLayer(levels=2, **ONE),
    StopGradientLayer(**ONE),
    TrimLayer(begin=(1, 1), end=(1, 2), **ONE),
    WeightedSumLayer(name="sum", bottoms=["x"]),
    WindowDataLayer(source="windows.txt", batch_size=4, crop_size=3),
    CaffeLR(policy="multistep", base=0.5, gamma=0.5, steps=(2, 5)),
)
MADE_BY_TRANSLATION = {layers.BorrowingLayer}


def test_none_is_missing():
    offered = {value for value in vars(layers).values() if isinstance(value, type) and issubclass(value, Layer)}
    assert offered - MADE_BY_TRANSLATION == {type(each) for each in SPECS if isinstance(each, Layer)}


@pytest.mark.parametrize("each", SPECS, ids=lambda each: type(each).__name__)
def test_every_option(each: Spec):
    check_option_values(each)
