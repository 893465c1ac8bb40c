"""`mocha.load` on Caffe's files."""

from __future__ import annotations

import logging

import numpy as np
import pytest

import mocha_core as mocha
from mocha_caffe import CaffeImporter
from mocha_caffe.formats import Message, save_wire
from mocha_core import MissingFileError, MochaError, OptionError
from mocha_core.plugins import load as load_plugin
from mocha_core.testing.opening import opened

from .weights.models import NET, load, prototxt, weights


def test_it_is_found_by_its_entry_point():
    assert load_plugin("mocha.importers", "caffe") is CaffeImporter


def test_backend_by_name_phase_and_type(tmp_path):
    with mocha.load(prototxt(tmp_path), backend="cpu", phase="train", dtype="float64") as net:
        assert (net.backend.name, net.phase, net.dtype, net.name) == ("cpu", "train", "float64", "small")


def test_two_models_on_one_backend_do_not_share(tmp_path):
    (tmp_path / "other").mkdir()
    first = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    other = load(prototxt(tmp_path / "other", NET.replace("num_output: 4", "num_output: 5")))
    assert first.all_parameters[0].blob.shape == (4, 3, 3, 3)
    assert other.all_parameters[0].blob.shape == (5, 3, 3, 3)


def test_they_share_through_one_store(tmp_path):
    store = mocha.ParameterStore(opened("cpu"))
    first = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"), parameters=store)
    again = load(prototxt(tmp_path), parameters=store, phase="train")
    assert again.all_parameters[0] is first.all_parameters[0]


def test_force_backward_gives_the_gradient_of_the_input(tmp_path):
    tail = """
    layer { name: "target" type: "Input" top: "target" input_param { shape { dim: 2 dim: 2 } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
    """
    net = load(
        prototxt(tmp_path, "force_backward: true" + NET + tail), weights(tmp_path / "w.caffemodel"), phase="train"
    )
    net.blob("data").set(np.ones((2, 3, 5, 4)))
    net.blob("target").set(np.zeros((2, 2)))
    net.forward_backward()
    assert net.diff("data").to_array().any()


def test_a_weight_in_the_objective_for_a_layer_that_is_no_loss(tmp_path):
    text = NET.replace('top: "ip" ', 'top: "ip" loss_weight: 0.5 ')
    net = load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel"), phase="train", keep=["ip"])
    net.blob("data").set(np.ones((2, 3, 5, 4)))
    assert net.forward_backward() == pytest.approx(0.5 * net.blob("ip").to_array().sum(), rel=1e-5)
    assert len(net.trainable) == 4


def test_layers_that_do_not_learn_are_frozen(tmp_path):
    text = NET.replace('top: "conv1" ', 'top: "conv1" param { lr_mult: 0 } param { lr_mult: 0 } ')
    tail = 'layer { name: "sum" type: "Reduction" bottom: "ip" top: "sum" loss_weight: 1 }'
    net = load(prototxt(tmp_path, text + tail), phase="train")
    assert net.frozen == {"conv1"}


def test_a_caffemodel_alone(tmp_path, shared):
    path = shared / "data" / "caffe" / "lenet_mnist" / "lenet_iter_9000.caffemodel"
    assert load(path).predict(np.zeros((3, 1, 28, 28))).shape == (3, 10)


def test_unknown_fields_are_said_with_their_place(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "mocha"):
        load(prototxt(tmp_path, NET.replace("kernel_size: 3", "kernel_size: 3 strde: 2")))
    assert "net.prototxt:4:" in caplog.text
    assert "ConvolutionParameter has no field 'strde'; did you mean 'stride'?" in caplog.text


def test_an_unknown_option_is_explained(tmp_path):
    with pytest.raises(OptionError, match="has no option 'stagess'; did you mean 'stages'"):
        load(prototxt(tmp_path), stagess=["deploy"])


def test_a_solver_is_not_a_net(tmp_path):
    path = tmp_path / "solver.prototxt"
    path.write_text('net: "net.prototxt"\nbase_lr: 0.01\nmax_iter: 10\n')
    with pytest.raises(MochaError, match="it describes a training; the net is the file it names"):
        load(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match="there is no file"):
        load(tmp_path / "gone.prototxt")


def test_weights_alone_are_no_net(tmp_path):
    net = Message("NetParameter")
    net.make("layer", name="a", type="Convolution", bottom=["data"], top=["a"])
    save_wire(net, tmp_path / "w.caffemodel")
    with pytest.raises(MochaError, match=r"w\.caffemodel, byte 3: layer 'a' reads blob 'data'"):
        load(tmp_path / "w.caffemodel")


@pytest.mark.parametrize("suffix", ["safetensors", "h5"])
def test_weights_that_were_exported(tmp_path, suffix):
    first = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    mocha.export(first, tmp_path / f"w.{suffix}")
    again = load(prototxt(tmp_path), tmp_path / f"w.{suffix}")
    for one, other in zip(first.all_parameters, again.all_parameters, strict=True):
        np.testing.assert_array_equal(one.blob.to_array(), other.blob.to_array())
