"""Weights saved for Caffe: .caffemodel and .caffemodel.h5."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

import mocha_caffe
import mocha_core as mocha
from mocha_caffe import save_caffemodel
from mocha_caffe.formats import blob_array, open_wire, read_net
from mocha_caffe.translate import forget
from mocha_caffe.weights.stored import open_weights
from mocha_core import IdentityLayer, NumericalError, ParameterError

from .models import NET, SHAPES, load, prototxt, values, weights

FORMS = ("saved.caffemodel", "saved.caffemodel.h5")


@pytest.fixture(params=FORMS)
def path(request, tmp_path) -> Path:
    return tmp_path / request.param


def test_a_model_comes_back(path, tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    save_caffemodel(path, net, tmp_path / "net.prototxt")
    again = load(prototxt(tmp_path), path)
    assert {k: v.tobytes() for k, v in values(again).items()} == {k: v.tobytes() for k, v in values(net).items()}
    with open_weights(path) as stored:
        assert {name: [blob.shape for blob in blobs] for name, blobs in stored.items()} == SHAPES


def test_the_binary_file_holds_the_net(tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    save_caffemodel(tmp_path / FORMS[0], net, tmp_path / "net.prototxt")
    saved = read_net(tmp_path / FORMS[0]).net
    assert [(layer.name, layer.type, layer.phase) for layer in saved.layer] == [
        ("data", "Input", "TEST"),
        ("conv1", "Convolution", "TEST"),
        ("ip", "InnerProduct", "TEST"),
    ]
    assert saved.layer[1].convolution_param.num_output == 4


def test_doubles_stay_doubles(tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"), dtype="float64")
    save_caffemodel(tmp_path / FORMS[0], net, tmp_path / "net.prototxt")
    assert blob_array(open_wire(tmp_path / FORMS[0]).layer[1].blobs[0]).dtype == np.float64


def test_mixnet_of_the_real_caffe(path, shared: Path):
    """Batch norms are averages in Mocha and sums in Caffe: within the rounding of one division and product."""
    folder = shared / "oracles" / "caffe" / "mixnet"
    model = folder / "mixnet_iter_50.caffemodel"
    with mocha.load(folder / "deploy.prototxt", model, backend="cpu") as net:
        save_caffemodel(path, net, folder / "deploy.prototxt")
    with open_weights(model) as original, open_weights(path) as saved:
        assert set(saved) == set(original)
        for name, blobs in original.items():
            for ours, caffes in zip(saved[name], blobs, strict=True):
                assert ours.shape == caffes.shape
                gap = np.abs(ours.read(ours.shape) / caffes.read(caffes.shape) - 1).max(initial=0)
                assert gap <= (2.0**-22 if name.startswith("bn") else 0)


BN = 'layer { name: "bn" type: "BatchNorm" bottom: "conv1" top: "bn" }\n'


def test_batch_norm_that_was_never_trained(path, tmp_path):
    net = load(prototxt(tmp_path, NET + BN), weights(tmp_path / "w.caffemodel"), allow_missing=True)
    save_caffemodel(path, net, tmp_path / "net.prototxt")
    with open_weights(path) as stored:
        assert [blob.read(blob.shape).tolist() for blob in stored["bn"]] == [[0.0] * 4, [0.0] * 4, [0.0]]


SHARED = """
layer { name: "two" type: "InnerProduct" bottom: "conv1" top: "two"
  param { name: "w" } param { name: "b" } inner_product_param { num_output: 2 } }
"""


def test_shared_blobs_are_with_every_layer_but_once_in_hdf5(path, tmp_path):
    text = NET.replace("inner_product_param", 'param { name: "w" } param { name: "b" } inner_product_param') + SHARED
    net = load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel"))
    save_caffemodel(path, net, tmp_path / "net.prototxt")
    with open_weights(path) as stored:
        assert ("two" in stored) == (path.suffix == ".caffemodel")
    assert load(prototxt(tmp_path, text), path)


ODD = """
layer { name: "r" type: "ReLU6" bottom: "conv1" top: "r" relu6_param { threshold: 2 } }
layer { name: "bn" type: "BN" bottom: "r" top: "bn" bn_param { bn_mode: INFERENCE scale_filler { value: 3 } } }
layer { name: "p" type: "Pooling" bottom: "bn" top: "p" pooling_param { kernel_size: 2 stride: 2 ceil_mode: false } }
"""


def test_options_that_have_no_number_in_caffe_are_there_in_a_file_opened_alone(tmp_path):
    text = NET.replace("dim: 5 dim: 4", "dim: 8 dim: 9").replace("num_output: 4", "num_output: 4 hole: 2 tuning: 7")
    net = load(prototxt(tmp_path, text + ODD), keep=["p"])
    save_caffemodel(tmp_path / FORMS[0], net, tmp_path / "net.prototxt")
    alone = load(tmp_path / FORMS[0], keep=["p"])
    assert alone.given == net.given
    image = np.random.default_rng(0).normal(size=(2, 3, 8, 9)).astype(np.float32)
    np.testing.assert_array_equal(alone.predict(image, outputs="p"), net.predict(image, outputs="p"))
    (tuned,) = read_net(tmp_path / FORMS[0]).net.layer[1].convolution_param.unknown
    assert (tuned.name, tuned.value) == ("tuning", 7)


FED = [
    'layer { name: "d" type: "Data" top: "data" top: "label" data_param { source: "gone_lmdb" batch_size: 2 } }',
    'layer { name: "d" type: "Python" top: "data" top: "label" python_param { module: "voc" layer: "Voc" } }',
    'layer { name: "d" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 9 dim: 9 } } }',
    "",
]
TRAINED = "".join(NET.partition('layer { name: "conv1"')[1:])
LABELLED = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'


@pytest.mark.parametrize("fed", FED)
def test_what_came_in_by_shapes_needs_no_data_for_saving(fed, path, tmp_path):
    text = prototxt(tmp_path, fed + TRAINED + LABELLED)
    shapes = {"data": (2, 3, 5, 4), "label": (2,)}
    net = load(text, weights(tmp_path / "w.caffemodel"), phase="train", shapes=shapes)
    save_caffemodel(path, net, text)
    with open_weights(path) as stored:
        assert {name: [blob.shape for blob in blobs] for name, blobs in stored.items()} == SHAPES


def test_nan_is_not_saved(path, tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    net.all_parameters[0].load(np.full((4, 3, 3, 3), np.nan))
    with pytest.raises(NumericalError, match="conv1"):
        save_caffemodel(path, net, tmp_path / "net.prototxt")
    assert not path.exists()


def test_another_net(path, tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    other = tmp_path / "other.prototxt"
    other.write_text(NET.replace('"ip"', '"fc"'))
    with pytest.raises(ParameterError, match=r"other\.prototxt:5:1: layer 'fc' .*net 'small' has no fc"):
        save_caffemodel(path, net, other)


def test_a_layer_that_only_says_how_to_unpack(path, tmp_path):
    @mocha_caffe.layer("Odd")
    def odd(layer):
        made = layer.make(IdentityLayer)
        return mocha_caffe.Translated(layers=(made,), unpack=lambda blobs: blobs)

    try:
        more = 'layer { name: "odd" type: "Odd" bottom: "ip" top: "odd" }\n'
        net = load(prototxt(tmp_path, NET + more), weights(tmp_path / "w.caffemodel"))
        with pytest.raises(ParameterError, match=r"'odd' .*how to unpack"):
            save_caffemodel(path, net, tmp_path / "net.prototxt")
    finally:
        forget("Odd")


def test_names_with_slashes(tmp_path):
    text = NET.replace('"ip"', '"head/ip"')
    shapes = {"conv1": SHAPES["conv1"], "head/ip": SHAPES["ip"]}
    net = load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel", shapes))
    save_caffemodel(tmp_path / FORMS[1], net, tmp_path / "net.prototxt")
    with h5py.File(tmp_path / FORMS[1]) as file:
        assert file["data/head/ip/0"].shape == (2, 24)
