"""The comparison of file and net where numbers are not finite."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import InnerProductLayer, NumericalError, PowerLayer
from mocha_onnx import checking, forget, translates

from .test_exporter import TwiceLayer, exported, net


def test_numbers_that_are_not_finite_hide_no_wrong_translation(tmp_path):
    """A logarithm of normal numbers leaves no finite one behind an inner product."""
    layers = (
        PowerLayer(name="root", power=0.5, bottoms=["data"], tops=["root"]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["root"], tops=["ip"]),
        TwiceLayer(name="twice", bottoms=["ip"], tops=["y"]),
    )
    translates(TwiceLayer)(lambda layer, at: [-2.0 * x for x in at.xs])
    try:
        with pytest.raises(NumericalError, match=r"computes something else, it differs by .* of the range of 'y'"):
            exported(tmp_path, net(*layers))
    finally:
        forget(TwiceLayer)


def test_what_could_not_be_compared_is_told(tmp_path):
    below = PowerLayer(name="below", scale=-1.0, shift=-1000.0, bottoms=["data"], tops=["below"])
    root = PowerLayer(name="root", power=0.5, bottoms=["below"], tops=["y"])
    _, said = exported(tmp_path, net(below, root))
    assert "nothing could be compared of 'y': it is not finite for random inputs" in said[1]


@pytest.mark.parametrize(
    ("found", "wanted", "parts"),
    [
        ([1.0, np.nan], [1.0, np.nan], 0.0),
        ([1.0, np.nan], [1.0, np.inf], np.inf),
        ([1.0, -np.inf], [1.0, np.inf], np.inf),
        ([1.0, np.inf], [1.0, 2.0], np.inf),
        ([1.0, 2.0], [1.0, np.nan], np.inf),
        ([1.0, 3.0, np.inf], [1.0, 2.0, np.inf], 0.5),
        ([np.nan], [np.nan], 0.0),
    ],
)
def test_numbers_that_are_not_finite_are_compared_too(found, wanted, parts):
    assert checking.difference({"y": np.array(found)}, {"y": np.array(wanted)}).parts == parts
