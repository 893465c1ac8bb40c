"""Real models of Caffe's compute the same when folded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import OptionError, fold

from .weights.models import load

LIMIT = 1e-12


def error(one: np.ndarray, other: np.ndarray) -> float:
    """Relative to the largest number."""
    return float(np.abs(one - other).max() / np.abs(one).max())


def test_wechats_detector(shared: Path) -> None:
    folder = shared / "data" / "caffe" / "wechat_qrcode"
    net = load(folder / "detect.prototxt", folder / "detect.caffemodel", dtype="float64")
    folded, x = fold(net), np.load(folder / "detect_reference.npz")["input"]
    assert [line.strip() for line in folded.remarks[1:3]] == [
        "data/bn takes up data/bn/scale",
        "stage1 takes up stage1/bn, stage1/bn/scale",
    ]
    outputs = ["mbox_loc", "mbox_conf_flatten"]
    one, other = net.predict(x, outputs), folded.predict(x, outputs)
    assert max(error(one[name], other[name]) for name in outputs) <= LIMIT
    assert error(net.predict(x), folded.predict(x)) <= LIMIT


def test_squeezenet_loses_its_dropout(shared: Path) -> None:
    folder = shared / "data" / "caffe" / "squeezenet_v1.1"
    files = folder / "deploy.prototxt", folder / "squeezenet_v1.1_fp16.caffemodel"
    net, folded = load(*files), load(*files, fold=True)
    assert folded.remarks == ("folded: 1 layer fewer", "    drop9 is gone: dropout does nothing in the test phase")
    x = np.load(folder / "reference_cat.npz")["input"]
    np.testing.assert_allclose(folded.predict(x), net.predict(x), atol=2e-6)


def test_training_nets_are_not_folded(shared: Path) -> None:
    folder = shared / "data" / "caffe" / "mtcnn"
    with pytest.raises(OptionError, match=r"fold=True\) is for phase='test'"):
        load(folder / "det1.prototxt", phase="train", fold=True)
