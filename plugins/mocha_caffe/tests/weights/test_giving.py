"""Weights into nets: what fits, what is missing, what is left over."""

from __future__ import annotations

import logging

import h5py
import numpy as np
import pytest

from mocha_core import MochaError, ParameterError, ShapeError, save_network

from .models import NET, SHAPES, load, numbered, prototxt, values, weights


def expected():
    return {
        "conv1___filter": numbered((4, 3, 3, 3)),
        "conv1___bias": numbered((4,)),
        "ip___weight": numbered((2, 24)),
        "ip___bias": numbered((1, 2)),
    }


def assert_loaded(net):
    for name, array in values(net).items():
        np.testing.assert_array_equal(array, expected()[name])


@pytest.mark.parametrize("legacy", [False, True])
def test_a_caffemodel(tmp_path, legacy):
    assert_loaded(load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel", legacy=legacy)))


def test_a_caffemodel_h5(tmp_path):
    path = tmp_path / "w.caffemodel.h5"
    with h5py.File(path, "w") as file:
        for layer, shapes in SHAPES.items():
            for index, shape in enumerate(shapes):
                file[f"data/{layer}/{index}"] = numbered(shape)
    assert_loaded(load(prototxt(tmp_path), path))


def test_a_file_of_mochas_own(tmp_path):
    net = load(prototxt(tmp_path), weights(tmp_path / "w.caffemodel"))
    save_network(tmp_path / "w.h5", net)
    assert_loaded(load(prototxt(tmp_path), tmp_path / "w.h5"))


def test_extra_weights_are_said(tmp_path, caplog):
    path = weights(tmp_path / "w.caffemodel", {**SHAPES, "loss/classifier": [(2, 2)]})
    with caplog.at_level(logging.WARNING, "mocha"):
        assert_loaded(load(prototxt(tmp_path), path))
    assert "weights that no layer of the net takes: loss/classifier" in caplog.text


def test_missing_weights_are_an_error_that_names_all_and_suggests(tmp_path):
    path = weights(tmp_path / "w.caffemodel", {"conv_1": SHAPES["conv1"]})
    with pytest.raises(ParameterError) as caught:
        load(prototxt(tmp_path), path)
    said = str(caught.value)
    assert "has no weights for 2 of the net's 2 layers:" in said
    assert "net.prototxt:4:1: layer 'conv1' (Convolution): filter 4 x 3 x 3 x 3, bias 4" in said
    assert "layer 'ip' (InnerProduct): weight 2 x 24, bias 2" in said
    assert "did you mean 'conv_1'?" in said
    assert "if it belongs to another net, name the one that goes with this" in said


def test_some_missing_weights_say_how_to_allow_it(tmp_path):
    path = weights(tmp_path / "w.caffemodel", {"conv1": SHAPES["conv1"]})
    with pytest.raises(ParameterError, match=r"for 1 of the net's 2 layers:(.|\n)*say allow_missing=True"):
        load(prototxt(tmp_path), path)


@pytest.mark.parametrize("allowed", [False, True])
def test_weights_of_another_net_are_an_error_even_if_some_may_be_missing(tmp_path, allowed):
    path = weights(tmp_path / "w.caffemodel", {"stem": (3, 2), "head": (2,)})
    with pytest.raises(ParameterError, match="if it belongs to another net"):
        load(prototxt(tmp_path), path, allow_missing=allowed)


@pytest.mark.parametrize("allowed", [False, True])
def test_a_prototxt_holds_no_weights(tmp_path, allowed):
    path = prototxt(tmp_path)
    with pytest.raises(ParameterError, match=r"net\.prototxt holds no weights; name the \.caffemodel"):
        load(path, path, allow_missing=allowed)


def test_missing_weights_may_be_allowed(tmp_path, caplog):
    path = weights(tmp_path / "w.caffemodel", {"conv1": SHAPES["conv1"]})
    with caplog.at_level(logging.WARNING, "mocha"):
        net = load(prototxt(tmp_path), path, allow_missing=True)
    np.testing.assert_array_equal(values(net)["conv1___bias"], numbered((4,)))
    assert not values(net)["ip___weight"].any()
    assert "no weights, so initial values, for: ip" in caplog.text


def test_a_constant_filler_stands_in_for_missing_weights(tmp_path):
    fixed = "inner_product_param { num_output: 2 weight_filler { type: 'constant' value: 7 } }"
    text = NET.replace("inner_product_param { num_output: 2 }", fixed)
    net = load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel", {"conv1": SHAPES["conv1"]}))
    assert (values(net)["ip___weight"] == 7).all()


def test_a_blob_of_another_shape_says_layer_blob_and_both_shapes(tmp_path):
    path = weights(tmp_path / "w.caffemodel", {**SHAPES, "conv1": [(4, 1, 3, 3), (4,)]})
    with pytest.raises(ShapeError) as caught:
        load(prototxt(tmp_path), path)
    assert "net.prototxt:4:1: layer 'conv1' (Convolution), blob 0 (filter):" in str(caught.value)
    assert "4x1x3x3, but the layer wants 4x3x3x3" in str(caught.value)


def test_too_few_blobs(tmp_path):
    path = weights(tmp_path / "w.caffemodel", {**SHAPES, "ip": [(2, 24)]})
    with pytest.raises(ParameterError, match=r"has 1 blobs for it \(2 x 24\), and it needs 2: weight 2 x 24, bias 2"):
        load(prototxt(tmp_path), path)


def test_nothing_is_changed_by_an_error(tmp_path):
    from mocha_caffe.importer import read_model
    from mocha_caffe.translate import Settings

    net = load(prototxt(tmp_path))
    before = values(net)
    model = read_model(prototxt(tmp_path), Settings())
    with pytest.raises(MochaError):
        model.load(net, weights(tmp_path / "w.caffemodel", {**SHAPES, "ip": [(2, 25), (2,)]}))
    for name, array in values(net).items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v1\n", b"<html>", b"", b"\x00\xff" * 99])
def test_other_files_are_refused_by_name(tmp_path, content):
    path = tmp_path / "w.caffemodel"
    path.write_bytes(content)
    with pytest.raises(MochaError, match=r"w\.caffemodel"):
        load(prototxt(tmp_path), path)


def test_a_truncated_file(tmp_path):
    path = weights(tmp_path / "w.caffemodel")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(MochaError, match=r"w\.caffemodel"):
        load(prototxt(tmp_path), path)


def test_shared_parameters_are_loaded_once(tmp_path):
    shared = 'param { name: "w" } param { name: "b" }'
    text = NET.replace('top: "conv1" ', f'top: "conv1" {shared} ')
    again = 'layer { name: "conv2" type: "Convolution" bottom: "data" top: "conv2" '
    text += again + shared + " convolution_param { num_output: 4 kernel_size: 3 } }"
    assert_loaded(load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel")))


def test_transposed_weights_stay_as_caffe_stores_them(tmp_path):
    text = NET.replace("num_output: 2 }", "num_output: 2 transpose: true }")
    net = load(prototxt(tmp_path, text), weights(tmp_path / "w.caffemodel", {**SHAPES, "ip": [(24, 2), (2,)]}))
    weight, bias = numbered((24, 2)), numbered((2,))
    images = numbered((2, 3, 5, 4)) / 60
    hidden = net.predict(images, outputs="conv1").reshape(2, 24)
    np.testing.assert_allclose(net.predict(images, outputs="ip"), hidden @ weight + bias, rtol=1e-5)
