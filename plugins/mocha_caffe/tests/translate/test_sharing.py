"""Single blobs that layers share, and blobs of other shapes: `param { name share_mode }`."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_caffe.layers import BorrowingLayer
from mocha_core import ParameterError, load
from mocha_core.testing.opening import opened

from .nets import built, inputs, random
from .texts import DATA, conv, layer, model

X = random(3, 4)
WEIGHT = 'param { name: "w" }'
PRODUCT = "inner_product_param { num_output: 4 weight_filler { type: 'gaussian' std: 1 } }"
PAIR = layer("a", "InnerProduct", "x", "", WEIGHT + PRODUCT) + layer("b", "InnerProduct", "a", "", WEIGHT + PRODUCT)
LSTM = (
    'layer {{ name: "{0}" type: "LSTM" bottom: "s" bottom: "c" top: "{0}" {1} recurrent_param {{ num_output: 2 }} }}\n'
)
LOSS = layer("loss", "Reduction", "b", "", "reduction_param { operation: SUMSQ } loss_weight: 1")


def trained(text):
    net = built(inputs(x=X.shape) + text, phase="train")
    net.blob("x").set(X)
    net.forward_backward()
    return net, {t.parameter.path: t.diff.to_array() for t in net.trainable}


def test_one_blob_is_shared_and_the_other_is_not():
    net, gradients = trained(PAIR + LOSS)
    assert set(gradients) == {"a___weight", "a___bias", "b___bias"}
    values = {p.path: p.blob.to_array() for p in net.all_parameters}
    w, a = values["a___weight"], X @ values["a___weight"].T + values["a___bias"]
    b = a @ w.T + values["b___bias"]
    np.testing.assert_allclose(net.blob("b").to_array(), b, rtol=1e-13)
    da = 2 * b @ w
    np.testing.assert_allclose(gradients["a___weight"], 2 * b.T @ a + da.T @ X, rtol=1e-12)


@pytest.mark.parametrize("backend", ["reference", "cpu"])
def test_blobs_of_two_owners(backend):
    named = 'param { name: "%s" } param { name: "%s" }'
    text = layer("a", "InnerProduct", "x", "", named % ("w1", "b1") + PRODUCT)
    text += layer("c", "InnerProduct", "x", "", named % ("w2", "b2") + PRODUCT)
    text += layer("b", "InnerProduct", "x", "", named % ("w1", "b2") + PRODUCT)
    net = built(inputs(x=X.shape) + text, backend=backend)
    net.blob("x").set(X)
    net.forward()
    values = {p.path: p.blob.to_array() for p in net.all_parameters}
    assert set(values) == {"a___weight", "a___bias", "c___weight", "c___bias"}
    expected = X @ values["a___weight"].T + values["c___bias"]
    np.testing.assert_allclose(net.blob("b").to_array(), expected, rtol=1e-13)


def test_other_shapes_need_permission():
    flat = layer("flat", "Reshape", "data", "", "reshape_param { shape { dim: 0 dim: 2 dim: 12 dim: 6 } }")
    shared = 'param { name: "w" %s }'
    block = "convolution_param {{ num_output: 4 kernel_h: {} kernel_w: 1 bias_term: false }}"
    one = layer("a", "Convolution", "data", "", shared % "" + block.format(2))
    other = block.format(3)
    with pytest.raises(ParameterError, match=r"layer 'b' .*filter is of shape \(4, 2, 3, 1\).*share_mode: PERMISSIVE"):
        model(DATA + flat + one + layer("b", "Convolution", "flat", "", shared % "" + other))
    permitted = layer("b", "Convolution", "flat", "", shared % "share_mode: PERMISSIVE" + other)
    made = model(DATA + flat + one + permitted).layers[-1]
    assert isinstance(made, BorrowingLayer)
    assert made.loans[0].shape == (4, 3, 2, 1)


def test_other_counts_are_never_shared():
    shared = 'param { name: "w" share_mode: PERMISSIVE } param { name: "b" }'
    with pytest.raises(ParameterError, match=r"net\.prototxt:3:1: layer 'b' .*filter is of shape"):
        model(DATA + conv("a", "data", "", shared) + conv("b", "a", "", shared))


def test_weights_are_loaded_once_and_in_the_owners_shape(tmp_path):
    (tmp_path / "net.prototxt").write_text(inputs(x=X.shape) + PAIR)
    weight, biases = random(4, 4, seed=1).astype(np.float32), random(2, 4, seed=2).astype(np.float32)
    stored = Message("NetParameter", name="stored")
    for name, bias in zip("ab", biases, strict=True):
        stored.make("layer", name=name, type="InnerProduct").blobs = [make_blob(weight), make_blob(bias)]
    save_wire(stored, tmp_path / "net.caffemodel")
    with load(tmp_path / "net.prototxt", tmp_path / "net.caffemodel", backend=opened("cpu")) as net:
        values = {p.path: p.blob.to_array() for p in net.all_parameters}
        y = net.predict(X)
    np.testing.assert_array_equal(values["a___weight"], weight)
    assert set(values) == {"a___weight", "a___bias", "b___bias"}
    np.testing.assert_allclose(y, (X @ weight.T + biases[0]) @ weight.T + biases[1], rtol=1e-4, atol=1e-4)


def test_a_weight_is_no_bias_too():
    shared = 'param { name: "v" } param { name: "%s" }'
    text = layer("a", "InnerProduct", "x", "", shared % "b" + "inner_product_param { num_output: 1 }")
    text += layer("b", "InnerProduct", "a", "", 'param { name: "b" }' + "inner_product_param { num_output: 1 }")
    with pytest.raises(ParameterError, match=r"net\.prototxt:3:1: layer 'b' .*shares weight as bias"):
        model(inputs(x=(2, 3)) + text.replace('"b" }inner', '"b" share_mode: PERMISSIVE }inner'))


def test_two_recurrent_layers_with_one_weight_have_memories_of_their_own():
    shape = inputs(s=(2, 3, 4), c=(2, 3))
    named = 'param { name: "wx" } param { name: "b" } param { name: "wh" }'
    net = built(shape + LSTM.format("a", named) + LSTM.format("b", named))
    assert {p.key for p in net.all_parameters} == {"a", "a/test", "b/test"}


def test_a_recurrent_layer_shares_all_or_nothing():
    shape = inputs(s=(2, 3, 4), c=(2, 3))
    with pytest.raises(ParameterError, match=r"layer 'b' .*cannot share only some of its parameters"):
        model(shape + LSTM.format("a", WEIGHT) + LSTM.format("b", WEIGHT))
