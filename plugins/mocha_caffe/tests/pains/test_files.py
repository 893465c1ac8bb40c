"""Spellings of prototxts and forms of weights that break converters, from the file to the prediction."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import MochaError, ParameterError, load
from mocha_core.testing.opening import opened

from ..translate.texts import model
from .models import random

X = random(2, 3, 5, 4).astype(np.float32)
W, B = random(4, 60, seed=1).astype(np.float32), random(4, seed=2).astype(np.float32)
WANTED = np.maximum(X.reshape(2, 60) @ W.T + B, 0)
V0 = """
layers { layer { name: "ip" type: "innerproduct" num_output: 4 } bottom: "data" top: "ip" }
layers { layer { name: "relu" type: "relu" } bottom: "ip" top: "ip" }
"""
V1 = """
layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" inner_product_param { num_output: 4 } }
layers { name: "relu" type: RELU bottom: "ip" top: "ip" }
"""
NOW = """
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 4 } }
layer { name: "relu" type: "ReLU" bottom: "ip" top: "ip" }
"""
DIMS = 'input: "data" input_dim: 2 input_dim: 3 input_dim: 5 input_dim: 4\n'
SHAPE = 'input: "data" input_shape: { dim: 2 dim: 3 dim: 5 dim: 4 }\n'
LAYER = 'layer { name: "data" type: "Input" top: "data" input_param { shape: { dim: 2 dim: 3 dim: 5 dim: 4 } } }\n'
MEMORY = (
    'layer { name: "m" type: "MemoryData" top: "data" top: "label" '
    "memory_data_param { batch_size: 2 channels: 3 height: 5 width: 4 } }\n"
)


def weights(folder, blobs=None, extra=()):
    """A .caffemodel."""
    net = Message("NetParameter", name="w")
    net.make("layer", name="ip", type="InnerProduct").blobs = blobs or [make_blob(W), make_blob(B)]
    for name in extra:
        net.make("layer", name=name, type="InnerProduct").blobs = [make_blob(W)]
    save_wire(net, folder / "w.caffemodel")
    return folder / "w.caffemodel"


def predicted(folder, text, path=None):
    (folder / "net.prototxt").write_text(text)
    with load(folder / "net.prototxt", path or weights(folder), backend=opened("cpu")) as net:
        return net.predict(X)


OLD_MEMORY = MEMORY.replace("layer {", "layers {").replace('"MemoryData"', "MEMORY_DATA")


@pytest.mark.parametrize(
    ("head", "body"),
    [(DIMS, V0), (DIMS, V1), (DIMS, NOW), (SHAPE, V1), (SHAPE, NOW), (LAYER, NOW), (OLD_MEMORY, V1), (MEMORY, NOW)],
)
def test_every_age_of_net_with_every_kind_of_input(tmp_path, head, body):
    np.testing.assert_allclose(predicted(tmp_path, head + body), WANTED, rtol=1e-4, atol=1e-4)


def test_dummy_data_with_two_tops_as_inputs():
    text = (
        'layer { name: "d" type: "DummyData" top: "data" top: "label" dummy_data_param { '
        "num: 2 num: 2 channels: 3 channels: 1 height: 5 height: 1 width: 4 width: 1 } }\n"
    )
    found = model(text + NOW)
    assert [found.shapes[name].shape for name in ("data", "label", "ip")] == [(2, 3, 5, 4), (2, 1, 1, 1), (2, 4)]
    replaced = model(text + NOW, {"data": (7, 3, 5, 4)})
    assert replaced.inputs == ("data",)
    assert replaced.shapes["ip"].shape == (7, 4)


@pytest.mark.parametrize("kind", ["MemoryData", "WindowData", "HDF5Data", "Data", "ImageData", "Python"])
def test_any_data_layer_gives_way_to_shapes(kind):
    text = f'layer {{ name: "d" type: "{kind}" top: "data" top: "label" }}\n'
    quiet = 'layer { name: "quiet" type: "Silence" bottom: "label" }\n'
    found = model(text + NOW + quiet, {"data": (7, 3, 5, 4)})
    assert found.inputs == ("data",)
    assert [type(each).__name__ for each in found.layers] == ["InputLayer", "InnerProductLayer", "NeuronLayer"]


def test_a_layer_on_one_line_without_spaces_and_with_comments(tmp_path):
    """As HED's, with single quotes, True and False, commas, semicolons and numbers spelled in other ways."""
    body = (
        "layer{name:'ip',type:'InnerProduct',bottom:'data',top:'ip'; # the only one\n"
        "param{lr_mult:1.f decay_mult:1},param{lr_mult:2e0;},inner_product_param{num_output:0x4 bias_term:True "
        "transpose:False,weight_filler{type:'constant'}}}layer{name:'relu'type:'ReLU'bottom:'ip'top:'ip'}#"
    )
    np.testing.assert_allclose(predicted(tmp_path, DIMS + body), WANTED, rtol=1e-4, atol=1e-4)


def test_silence_is_left_without_a_reader_and_keeps_nobody_busy(tmp_path):
    quiet = 'layer { name: "quiet" type: "Silence" bottom: "relu2" }\n'
    other = 'layer { name: "relu2" type: "ReLU" bottom: "data" top: "relu2" }\n'
    np.testing.assert_allclose(predicted(tmp_path, LAYER + NOW + other + quiet), WANTED, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("form", ["current", "legacy", "doubles", "loose", "half"])
def test_every_form_of_weights(tmp_path, form):
    """legacy: four sides, the bias 1 x 1 x 1 x N; loose: numbers that are not packed; half: OpenCV's raw fp16."""
    made = {"current": make_blob, "legacy": legacy, "doubles": lambda a: make_blob(a.astype(np.float64)), "half": half}
    path = loose(tmp_path) if form == "loose" else weights(tmp_path, [made[form](W), made[form](B)])
    limit = 5e-2 if form == "half" else 1e-4
    np.testing.assert_allclose(predicted(tmp_path, LAYER + NOW, path), WANTED, rtol=limit, atol=limit)


def legacy(array):
    return make_blob(array, legacy=True)


def half(array):
    shape = Message("BlobShape", dim=list(array.shape))
    return Message("BlobProto", shape=shape, raw_data_type="FLOAT16", raw_data=array.astype("<f2").tobytes())


def loose(folder):
    """Written byte by byte: each number with a tag of its own, the shape first."""

    def varint(n):
        return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)

    def field(number, data):
        return varint(number << 3 | 2) + varint(len(data)) + data

    def blob(array):
        dims = b"".join(b"\x08" + varint(side) for side in array.shape)
        return field(7, dims) + b"".join(b"\x2d" + value.astype("<f4").tobytes() for value in array.reshape(-1))

    layer = field(1, b"ip") + field(2, b"InnerProduct") + field(7, blob(W)) + field(7, blob(B))
    (folder / "loose.caffemodel").write_bytes(field(1, b"w") + field(100, layer))
    return folder / "loose.caffemodel"


def test_extra_and_missing_layers_are_reported_together(tmp_path, caplog):
    second = NOW.strip().splitlines()[0].replace('"ip"', '"ip2"').replace('"data"', '"ip"')
    (tmp_path / "net.prototxt").write_text(LAYER + NOW + second)
    path = weights(tmp_path, extra=["ip_2", "old"])
    with pytest.raises(ParameterError, match=r"no weights for 1 of the net's 2 layers:\n.*'ip2'(.|\n)*mean 'ip_2'"):
        load(tmp_path / "net.prototxt", path, backend=opened("cpu"))
    with caplog.at_level(logging.WARNING, "mocha"):
        load(tmp_path / "net.prototxt", path, backend=opened("cpu"), allow_missing=True)
    assert "no weights, so initial values, for: ip2" in caplog.text
    assert "weights that no layer of the net takes: ip_2, old" in caplog.text


def test_a_template_is_explained(tmp_path):
    (tmp_path / "net.prototxt").write_text(DIMS.replace("input_dim: 4", "input_dim: $ADAPTED_WIDTH") + NOW)
    with pytest.raises(MochaError, match=r"net\.prototxt:1:\d+.*\$ADAPTED_WIDTH is a variable of a template"):
        load(tmp_path / "net.prototxt", backend=opened("cpu"))
