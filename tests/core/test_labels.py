from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import DataError
from mocha_core.layers.labels import check_labels


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
def test_every_class_is_fine(dtype):
    check_labels("loss", "label", np.array([[0], [9], [4]], dtype), 10)


def test_labels_are_rounded_first():
    check_labels("loss", "label", np.array([-0.4, 9.4]), 10)


@pytest.mark.parametrize("bad", [10.0, -1.0, 9.6, np.nan, np.inf])
def test_an_impossible_label_is_named_with_its_sample(bad):
    """Behaviour 41 and 51: checked on the host, for every backend."""
    labels = np.array([[3.0], [9.0], [bad], [11.0]])
    with pytest.raises(DataError) as caught:
        check_labels("loss", "label", labels, 10)
    for part in ("'loss'", "'label'", f"the label {bad:g}", "sample 2", "10 classes: 0 ... 9", "count from 0"):
        assert part in str(caught.value)


def test_a_label_per_location_is_named_with_its_place():
    labels = np.zeros((2, 1, 3, 4))
    labels[1, 0, 2, 3] = 7
    with pytest.raises(DataError, match=r"label 7 in sample 1 of the batch at \(0, 2, 3\), but the prediction has 5"):
        check_labels("loss", "mask", labels, 5)
