"""Real models of Caffe's: they load, run, and agree with what was stored with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe.importer import read_model
from mocha_caffe.translate import Model, Settings
from mocha_core import Backend, Net
from mocha_core.testing.opening import opened
from tests.oracles.dumps import Host, assert_agrees

LIMIT = 2e-5
TABBY = 281
BACKENDS = ("cpu", "cython")


@dataclass(frozen=True)
class Files:
    """A model, its weights, and its stored outputs, by the names of the layers."""

    net: str
    weights: str
    reference: str
    outputs: int
    """How many of them are compared: those that no other layer overwrites."""


SQUEEZENET = Files("deploy.prototxt", "squeezenet_v1.1_fp16.caffemodel", "reference_cat.npz", 13)
CIFAR = Files("cifar10_m7_deploy.prototxt", "cifar10_m7_iter_300000.caffemodel.h5", "m7_reference.npz", 7)
MODELS = {
    "squeezenet_v1.1": SQUEEZENET,
    "squeezenet_v1.1 train_val": Files("train_val.prototxt", SQUEEZENET.weights, SQUEEZENET.reference, 12),
    "cifar10_quick_h5": CIFAR,
    "cifar10_quick_h5 train_test": Files("cifar10_m7_train_test.prototxt", CIFAR.weights, CIFAR.reference, 6),
    "mtcnn det1": Files("det1.prototxt", "det1.caffemodel", "det1_reference.npz", 4),
    "mtcnn det2": Files("det2.prototxt", "det2.caffemodel", "det2_reference.npz", 9),
    "mtcnn det3": Files("det3.prototxt", "det3.caffemodel", "det3_reference.npz", 12),
    "wechat_qrcode sr": Files("sr.prototxt", "sr.caffemodel", "sr_reference.npz", 1),
    "wechat_qrcode sr alone": Files("sr.caffemodel", "sr.caffemodel", "sr_reference.npz", 1),
}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    return opened(request.param)


def last_writers(model: Model) -> dict[str, str]:
    """For each blob the layer that wrote it last."""
    steps = [step.given.message for step in model.steps]
    return {str(top): str(message.name) for message in steps for top in message.top}


def outputs(net: Net, model: Model, stored: dict[str, Host]) -> dict[str, tuple[Host, Host]]:
    """Ours and the stored output of each layer whose top is not overwritten later."""
    layers = {layer: top for top, layer in last_writers(model).items()}
    both = [name for name in stored if name in layers]
    return {name: (net.blob(model.blobs[layers[name]]).to_array(), stored[name]) for name in both}


@pytest.mark.parametrize("name", MODELS)
def test_it_agrees_with_its_stored_outputs(name: str, backend: Backend, shared: Path) -> None:
    files, folder = MODELS[name], shared / "data" / "caffe" / name.partition(" ")[0]
    stored = dict(np.load(folder / files.reference))
    image, shapes = stored["input"], {"data": stored["input"].shape}
    net = mocha.load(folder / files.net, folder / files.weights, backend=backend, shapes=shapes, keep="all")
    with net:
        net.blob("data").set(image)
        net.run_forward()
        model = read_model(folder / files.net, Settings(), shapes).model
        found = outputs(net, model, {key[4:]: array for key, array in stored.items() if key.startswith("out/")})
    assert len(found) == files.outputs
    assert_agrees(found, LIMIT)


def test_squeezenet_sees_a_tabby_cat(backend: Backend, shared: Path) -> None:
    folder = shared / "data" / "caffe" / "squeezenet_v1.1"
    with mocha.load(folder / SQUEEZENET.net, folder / SQUEEZENET.weights, backend=backend) as net:
        prob = net.predict(np.load(folder / SQUEEZENET.reference)["input"])
    assert prob.argmax() == TABBY


def test_a_fully_convolutional_net_takes_images_of_any_size(backend: Backend, shared: Path) -> None:
    folder = shared / "data" / "caffe" / "mtcnn"
    files = MODELS["mtcnn det1"]
    stored = dict(np.load(folder / files.reference))
    with mocha.load(folder / files.net, folder / files.weights, backend=backend) as net:  # made for 12 x 12
        prob = net.predict(stored["input"], outputs="prob1")
    assert_agrees({"prob1": (prob, stored["out/prob1"])}, LIMIT)
