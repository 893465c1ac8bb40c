"""Real detectors: they run, and find what was stored with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe import Message, detections, read_net
from mocha_caffe.formats import write_text
from mocha_core import Backend, Net
from mocha_core.testing.opening import opened
from tests.oracles.dumps import Host, assert_agrees

LIMIT = 2e-5


@dataclass(frozen=True)
class Detector:
    """A model, its weights, its stored outputs, and how many boxes it finds."""

    net: str
    weights: str
    reference: str
    boxes: int


DETECTORS = {
    "wechat_qrcode": Detector("detect.prototxt", "detect.caffemodel", "detect_reference.npz", 1),
    "yufacedetectnet": Detector(
        "yufacedetectnet-open-v1.prototxt", "yufacedetectnet-open-v1.caffemodel", "v1_reference.npz", 41
    ),
}


@pytest.fixture(params=["cpu", "cython"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return opened(request.param)


def apart(net: Message) -> Message:
    """The same net with a blob of its own for what each layer writes, so that nothing is overwritten."""
    now: dict[str, str] = {}
    for layer in net.layer:
        layer.bottom = [now.get(bottom, bottom) for bottom in layer.bottom]
        fresh = {top: str(layer.name) if top in now else str(top) for top in layer.top}
        layer.top, now = list(fresh.values()), now | fresh
    return net


def ran(detector: Detector, folder: Path, tmp_path: Path, backend: Backend, image: Host) -> tuple[Net, Message]:
    """The net after a forward, with all its blobs, and its prototxt."""
    net = apart(read_net(folder / detector.net).net)
    (tmp_path / "apart.prototxt").write_text(write_text(net))
    shapes = {"data": image.shape}
    made = mocha.load(
        tmp_path / "apart.prototxt", folder / detector.weights, backend=backend, shapes=shapes, keep="all"
    )
    made.blob("data").set(image)
    made.run_forward()
    return made, net


@pytest.mark.parametrize("name", DETECTORS)
def test_every_stored_blob(name: str, tmp_path: Path, backend: Backend, shared: Path) -> None:
    folder, detector = shared / "data" / "caffe" / name, DETECTORS[name]
    stored = {key[4:]: array for key, array in np.load(folder / detector.reference).items() if key.startswith("out/")}
    made, net = ran(detector, folder, tmp_path, backend, np.load(folder / detector.reference)["input"])
    with made:
        tops = {str(layer.name): layer.top[0] for layer in net.layer}
        ours = {layer: made.blob(tops[layer]).to_array() for layer in stored}
    (last,) = np.load(folder / detector.reference)["final"]
    boxes, theirs = detections(ours.pop(last)), stored.pop(last)[0, 0]
    assert len(boxes) == detector.boxes
    assert not theirs[len(boxes) :].any()
    assert_agrees({"boxes": (boxes, theirs[: len(boxes)])}, LIMIT)
    assert_agrees({layer: (ours[layer], array) for layer, array in stored.items()}, LIMIT)


@pytest.mark.parametrize("name", DETECTORS)
def test_several_pictures_at_once(name: str, backend: Backend, shared: Path) -> None:
    folder, detector = shared / "data" / "caffe" / name, DETECTORS[name]
    image = np.load(folder / detector.reference)["input"]
    with mocha.load(folder / detector.net, folder / detector.weights, backend=backend) as net:
        found = detections(net.predict(np.concatenate([image, 0 * image, image])))
    first, last = (found[found[:, 0] == number, 1:] for number in (0, 2))
    assert len(first) == detector.boxes
    np.testing.assert_allclose(first, last, rtol=0, atol=LIMIT)
