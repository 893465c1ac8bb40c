from __future__ import annotations

import re

import numpy as np
import pytest

from mocha_core.admitted import Admitted, class_labels
from mocha_core.blob import BlobSpec
from mocha_core.errors import DataError
from mocha_core.layers import BinaryCrossEntropyLossLayer, EmbeddingLayer, HingeLossLayer, ROIPoolingLayer


def blobs(*shapes: tuple[int, ...]) -> tuple[BlobSpec, ...]:
    return tuple(BlobSpec(shape) for shape in shapes)


SIGNS = HingeLossLayer(bottoms=["x", "y"]).admits(blobs((4, 1), (4, 1)))[1]
SHARES = BinaryCrossEntropyLossLayer(bottoms=["x", "y"], ignore_label=-1).admits(blobs((4, 1), (4, 1)))[1]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
def test_every_class_is_fine(dtype):
    class_labels(10).check("loss", "label", np.array([[0], [9], [4]], dtype))


def test_what_single_precision_adds_is_fine():
    labels = np.float32(0.1) * np.arange(0, 100, 10, dtype=np.float32)
    class_labels(10).check("loss", "label", labels)
    SHARES.check("loss", "label", np.float32(0.00392157) * np.arange(256, dtype=np.float32))


@pytest.mark.parametrize("bad", [10.0, -1.0, 9.6, np.nan, np.inf, -np.inf])
def test_an_impossible_label_is_named_with_its_sample(bad):
    """Behaviour 41 and 51: checked on the host, for every backend."""
    labels = np.array([[3.0], [9.0], [bad], [11.0]])
    with pytest.raises(DataError) as caught:
        class_labels(10).check("loss", "label", labels)
    for part in ("'loss'", "'label'", f"the label {bad:g}", "sample 2", "10 classes: 0 ... 9", "count from 0"):
        assert part in str(caught.value)


@pytest.mark.parametrize("bad", [0.5, 1.002, 8.5])
def test_a_label_is_a_whole_number(bad):
    with pytest.raises(DataError, match=rf"the label {bad:g} in sample 1 .*labels are whole numbers: .* 0 \.\.\. 9$"):
        class_labels(10).check("loss", "label", np.array([[3.0], [bad]]))


def test_a_label_per_location_is_named_with_its_place():
    labels = np.zeros((2, 1, 3, 4))
    labels[1, 0, 2, 3] = 7
    with pytest.raises(DataError, match=r"label 7 in sample 1 of the batch at \(0, 2, 3\), but the prediction has 5"):
        class_labels(5).check("loss", "mask", labels)


@pytest.mark.parametrize("ignorable", [False, True])
def test_ignore_label_is_advised_where_there_is_such_an_option(ignorable):
    with pytest.raises(DataError) as caught:
        class_labels(3, ignorable=ignorable).check("loss", "label", np.array([255.0]))
    assert ("ignore_label=255 leaves such labels out" in str(caught.value)) == ignorable


@pytest.mark.parametrize(
    ("admitted", "good", "bad", "told"),
    [
        (SIGNS, [-1, 1], [0, 2, -3, 0.5, np.nan], "labels are -1 or 1; for labels of 0 and 1 take 2 * label - 1"),
        (SHARES, [0, 0.3, 1, -1], [2, -0.5, 255, np.nan, np.inf], "labels are between 0 and 1"),
    ],
)
def test_labels_of_losses_with_two_classes(admitted: Admitted, good: list[float], bad: list[float], told: str):
    admitted.check("loss", "y", np.array(good, np.float32))
    for number in bad:
        place = f"holds the label {number:g} in sample {len(good)} of the batch"
        with pytest.raises(DataError, match=f"{place}, but {re.escape(told)}"):
            admitted.check("loss", "y", np.array([*good, number], np.float32))


def test_labels_of_any_size_are_fine_where_that_is_asked_for():
    assert BinaryCrossEntropyLossLayer(bottoms=["x", "y"], any_label=True).admits(blobs((4,), (4,))) == {}


def test_numbers_of_rows_and_images_are_called_so():
    rows = EmbeddingLayer(name="e", input_dim=4, output_dim=2, bottoms=["x"], tops=["y"]).admits(blobs((3,)))[0]
    with pytest.raises(DataError, match=r"the row number 4 in sample 1 .* the table has input_dim=4 rows: 0 \.\.\. 3"):
        rows.check("e", "x", np.array([3.0, 4.0]))
    layer = ROIPoolingLayer(size=2, bottoms=["x", "r"], tops=["y"])
    images = layer.admits(blobs((2, 3, 8, 8), (2, 5)))[1]
    images.check("roi", "r", np.array([[1, 9, 9, 9.5, 9.5]]))
    with pytest.raises(DataError, match=r"image number 2 in sample 1 .* the number of images is 2: 0 \.\.\. 1"):
        images.check("roi", "r", np.array([[1, 0, 0, 9, 9], [2, 0, 0, 9, 9]]))


@pytest.mark.parametrize("admitted", [class_labels(3), SIGNS, SHARES])
def test_drawn_numbers_are_admitted_and_of_every_kind(admitted: Admitted):
    drawn = admitted.drawn((60, 2), np.random.default_rng(0))
    admitted.check("loss", "label", drawn)
    assert drawn.shape == (60, 2)
    assert len(np.unique(drawn)) == {1: 3, 2: 2, 0: 120}[admitted.step]


def test_only_one_column_is_drawn_where_only_one_is_looked_at():
    layer = ROIPoolingLayer(name="roi", size=2, bottoms=["x", "rois"], tops=["y"])
    admitted = layer.admits(blobs((2, 1, 4, 4), (50, 5)))[1]
    drawn = admitted.drawn((50, 5), np.random.default_rng(0))
    assert set(drawn[:, 0]) == {0, 1}
    assert len(np.unique(drawn[:, 1:])) == 200
