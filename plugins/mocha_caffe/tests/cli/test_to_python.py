"""`mocha caffe to-python`: the program builds the same net."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import Net, ParameterStore, load_network
from mocha_core.cli.main import main
from mocha_core.testing.opening import opened

from ..weights.models import NET, SHAPES, prototxt, weights

MODELS = {
    "squeezenet_v1.1": ("deploy.prototxt", "squeezenet_v1.1_fp16.caffemodel", "reference_cat.npz"),
    "cifar10_quick_h5": ("cifar10_m7_deploy.prototxt", "cifar10_m7_iter_300000.caffemodel.h5", "m7_reference.npz"),
    "mtcnn 1": ("det1.prototxt", "det1.caffemodel", "det1_reference.npz"),
    "mtcnn 2": ("det2.prototxt", "det2.caffemodel", "det2_reference.npz"),
    "mtcnn 3": ("det3.prototxt", "det3.caffemodel", "det3_reference.npz"),
    "wechat_qrcode": ("sr.prototxt", "sr.caffemodel", "sr_reference.npz"),
    "wechat_qrcode detect": ("detect.prototxt", "detect.caffemodel", "detect_reference.npz"),
    "yufacedetectnet": (
        "yufacedetectnet-open-v1.prototxt",
        "yufacedetectnet-open-v1.caffemodel",
        "v1_reference.npz",
    ),
}
ORACLES = ["zoo_vision", "zoo_loss", "mixnet"]


def to_python(tmp_path: Path, *args: object) -> dict[str, Any]:
    """The names that the program defines."""
    assert main(["caffe", "to-python", *map(str, args), "-o", str(tmp_path / "net.py")]) == 0
    return runpy.run_path(str(tmp_path / "net.py"))


def built(program: dict[str, Any], **options: Any) -> Net:
    backend = opened("cpu")
    return program["build"](backend, parameters=ParameterStore(backend), **options)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_outputs(name, tmp_path, shared):
    folder, (net, model, reference) = shared / "data" / "caffe" / name.partition(" ")[0], MODELS[name]
    image = np.load(folder / reference)["input"]
    shape = "data=" + "x".join(map(str, image.shape))
    again = built(to_python(tmp_path, folder / net, folder / model, "--shape", shape))
    load_network(tmp_path / "net.h5", again)
    given = mocha.load(folder / net, folder / model, backend=opened("cpu"), shapes={"data": image.shape})
    ours, theirs = again.predict(image), given.predict(image)
    ours, theirs = (each if isinstance(each, dict) else {"": each} for each in (ours, theirs))
    assert ours.keys() == theirs.keys()
    for blob, array in ours.items():
        np.testing.assert_allclose(array, theirs[blob], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ORACLES)
def test_every_layer_of_the_zoos_can_be_written(name, tmp_path, shared):
    (path,) = [p for p in (shared / "oracles" / "caffe" / name).glob("*.prototxt") if p.stem in ("net", "deploy")]
    assert to_python(tmp_path, path)["LAYERS"]


def test_a_model_of_one_file_gives_the_same_outputs(tmp_path, shared):
    path = shared / "data" / "caffe" / "lenet_mnist" / "lenet_iter_9000.caffemodel"
    again = built(to_python(tmp_path, path, "--shape", "data=2x1x28x28"))
    load_network(tmp_path / "net.h5", again)
    given = mocha.load(path, backend=opened("cpu"), shapes={"data": (2, 1, 28, 28)})
    images = np.random.default_rng(0).random((2, 1, 28, 28), np.float32)
    np.testing.assert_allclose(again.predict(images), given.predict(images), rtol=1e-5, atol=1e-6)


def test_it_reads_like_a_program(tmp_path, capsys):
    assert main(["caffe", "to-python", str(prototxt(tmp_path))]) == 0
    said = capsys.readouterr().out
    assert said.startswith('"""small, from net.prototxt.\n')
    assert 'InputLayer(name="data", tops=["data"], shapes=((2, 3, 5, 4),)),\n' in said
    assert max(map(len, said.splitlines())) <= 120
    compile(said, "net.py", "exec")


def test_layers_of_one_phase_say_so(tmp_path):
    data = (
        'layer {{ name: "data" type: "Input" top: "data" include {{ phase: {} }} '
        "input_param {{ shape {{ dim: {} dim: 3 }} }} }}\n"
    )
    text = data.format("TRAIN", 64) + data.format("TEST", 100)
    text += 'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }'
    program = to_python(tmp_path, prototxt(tmp_path, text))
    assert [(each.name, tuple(each.phases)) for each in program["LAYERS"]] == [
        ("data", ("train",)),
        ("data", ("test",)),
        ("ip", ("train", "test")),
    ]
    assert built(program, phase="train", keep=["ip"]).blob("ip").shape == (64, 2)
    assert built(program, phase="test", keep=["ip"]).blob("ip").shape == (100, 2)


def test_weights_go_beside_the_program(tmp_path):
    program = to_python(tmp_path, prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    net = built(program)
    load_network(tmp_path / "net.h5", net)
    assert "load_network(" in (tmp_path / "net.py").read_text()
    assert net.all_parameters[0].blob.to_array().reshape(-1)[-1] == 108


UNSAID = """
layer { name: "cont" type: "Input" top: "cont" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "steps" type: "Reshape" bottom: "conv1" top: "steps" reshape_param { shape { dim: 2 dim: 3 dim: -1 } } }
layer { name: "lstm" type: "LSTM" bottom: "steps" bottom: "cont" top: "lstm" recurrent_param { num_output: 4 } }
layer { name: "up" type: "Deconvolution" bottom: "conv1" top: "up"
  convolution_param { num_output: 4 kernel_size: 4 stride: 2 bias_term: false weight_filler { type: "bilinear" } } }
"""


def test_what_no_file_says_goes_there_too(tmp_path):
    """Memories begin at 0, a filler that draws nothing stands in for weights."""
    model = weights(tmp_path / "w.caffemodel", {**SHAPES, "lstm": [(16, 8), (16,), (16, 4)]})
    program = to_python(tmp_path, prototxt(tmp_path, NET + UNSAID), model)
    net, given = built(program), mocha.load(prototxt(tmp_path, NET + UNSAID), model, backend=opened("cpu"))
    load_network(tmp_path / "net.h5", net)
    given.init()
    found = [{p.path: p.blob.to_array() for p in each.all_parameters} for each in (net, given)]
    assert {"up___filter", "lstm/test___h"} <= found[0].keys() == found[1].keys()
    for path, values in found[0].items():
        np.testing.assert_array_equal(values, found[1][path])


def test_weights_need_a_place(tmp_path, capsys):
    assert main(["caffe", "to-python", str(prototxt(tmp_path)), str(weights(tmp_path / "w.caffemodel"))]) == 1
    assert "-o NET.py" in capsys.readouterr().err


def test_names_cannot_break_out_of_the_text(tmp_path):
    text = NET.replace('"small"', r'"a\"\"\"; import os; \\ \n b"').replace('"ip"', r'"i\"p\\"')
    assert built(to_python(tmp_path, prototxt(tmp_path, text))).layers[-1].name == 'i"p\\'
