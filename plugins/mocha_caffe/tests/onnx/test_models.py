"""Real models, from Caffe's files to ONNX Runtime: as their nets, and as the stored outputs of another program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest

import mocha_core as mocha
from mocha_caffe.layers import detections
from mocha_onnx.checking import opened

TOLERANCE = 1e-4
"""Of a blob's range: sixty layers in float32, one after the other."""

SCORE = 2
"""Where a row of detections holds it; the other program fills up with rows of zeros."""


@dataclass(frozen=True)
class Files:
    """Of one model. reference: with an input, and outputs of another program, if there are any."""

    folder: str
    model: str
    weights: str | None = None
    reference: str | None = None


MODELS = [
    Files("lenet_mnist", "lenet_iter_9000.caffemodel"),
    Files("wechat_qrcode", "sr.prototxt", "sr.caffemodel", "sr_reference.npz"),
    Files("wechat_qrcode", "detect.prototxt", "detect.caffemodel", "detect_reference.npz"),
    Files("squeezenet_v1.1", "deploy.prototxt", "squeezenet_v1.1_fp16.caffemodel", "reference_cat.npz"),
    Files(
        "cifar10_quick_h5",
        "cifar10_m7_deploy.prototxt",
        "cifar10_m7_iter_300000.caffemodel.h5",
        "m7_reference.npz",
    ),
    Files("mtcnn", "det1.prototxt", "det1.caffemodel", "det1_reference.npz"),
    Files("mtcnn", "det2.prototxt", "det2.caffemodel", "det2_reference.npz"),
    Files("mtcnn", "det3.prototxt", "det3.caffemodel", "det3_reference.npz"),
    Files(
        "yufacedetectnet",
        "yufacedetectnet-open-v1.prototxt",
        "yufacedetectnet-open-v1.caffemodel",
        "v1_reference.npz",
    ),
]


def range_error(found: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference, as part of the largest number."""
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


@pytest.mark.parametrize("batch", ["dynamic", 2])
@pytest.mark.parametrize("files", MODELS, ids=lambda files: f"{files.folder}-{files.model}")
def test_model(shared: Path, tmp_path: Path, files: Files, batch: int | str):
    folder = shared / "data" / "caffe" / files.folder
    stored = dict(np.load(folder / files.reference)) if files.reference else {}
    shapes = {"data": stored["input"].shape} if stored else None
    path = tmp_path / "net.onnx"
    weights = folder / files.weights if files.weights else None
    with mocha.load(folder / files.model, weights, backend="cpu", shapes=shapes) as net:
        # Every export is compared with the net, within the same tolerance; an error would end the test here.
        described, compared = mocha.export(net, path, batch=batch)
    assert "ONNX Runtime" in compared
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert {node.domain for node in model.graph.node} == {""}
    assert f"inputs data ({'batch' if batch == 'dynamic' else 2} x" in described
    if stored:
        images = stored["input"] if batch == "dynamic" else np.resize(stored["input"], (2, *stored["input"].shape[1:]))
        compare(path, images, stored)


def compare(path: Path, images: np.ndarray, stored: dict[str, np.ndarray]) -> None:
    """The file's outputs with those of the other program, for as many images as that was given."""
    session = opened(path.read_bytes())
    found = dict(zip((end.name for end in session.get_outputs()), session.run(None, {"data": images}), strict=True))
    count = min(len(images), len(stored["input"]))
    for name in stored["final"]:
        wanted = stored[f"out/{name}"]
        if wanted.shape[-1] == 7:
            rows = detections(found[name])
            np.testing.assert_allclose(rows[rows[:, 0] < count], wanted[wanted[..., SCORE] > 0], rtol=0, atol=TOLERANCE)
        else:
            assert range_error(found[name][:count], wanted[:count]) <= TOLERANCE


def test_detections_follow_the_image(shared: Path, tmp_path: Path):
    """A batch of two: the second image's boxes bear its number."""
    folder = shared / "data" / "caffe" / "wechat_qrcode"
    image = np.load(folder / "detect_reference.npz")["input"]
    with mocha.load(folder / "detect.prototxt", folder / "detect.caffemodel", backend="cpu") as net:
        mocha.export(net, tmp_path / "net.onnx")
    session = opened((tmp_path / "net.onnx").read_bytes())
    rows = detections(session.run(None, {"data": np.concatenate([np.zeros_like(image), image])})[0])
    assert len(rows)
    assert set(rows[:, 0]) == {1.0}
