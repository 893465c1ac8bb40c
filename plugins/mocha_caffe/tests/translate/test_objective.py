"""loss_weight and propagate_down: what counts in the objective, and where its gradient stops."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import MochaError, OptionError

from .nets import built, inputs, random
from .texts import DATA, conv, layer, model

X, TARGET = random(3, 4), random(3, 2, seed=1)
INPUTS = inputs(x=X.shape, t=TARGET.shape)
PRODUCT = "inner_product_param { num_output: 2 weight_filler { type: 'gaussian' std: 1 } }"


def product(name: str, bottom: str, more: str = "") -> str:
    return layer(name, "InnerProduct", bottom, "", PRODUCT + more)


def loss(more: str = "", bottom: str = "b") -> str:
    return f'layer {{ name: "loss" type: "EuclideanLoss" bottom: "{bottom}" bottom: "t" top: "loss" {more} }}\n'


def trained(text: str):
    """The net after a forward and a backward; its objective, and the gradients by parameter."""
    net = built(INPUTS + text, phase="train")
    net.blob("x").set(X)
    net.blob("t").set(TARGET)
    objective = net.forward_backward()
    return net, objective, {t.parameter.path: t.diff.to_array() for t in net.trainable}


def test_no_gradient_goes_through_a_bottom_that_propagates_nothing():
    texts = [product("a", "x") + product("b", "a", more) + loss() for more in ("", "propagate_down: false")]
    open_, closed = (trained(text) for text in texts)
    assert closed[1] == pytest.approx(open_[1], rel=1e-14)
    assert set(open_[2]) == {"a___weight", "a___bias", "b___weight", "b___bias"}
    assert set(closed[2]) == {"b___weight", "b___bias"}
    np.testing.assert_array_equal(closed[2]["b___weight"], open_[2]["b___weight"])


def test_each_bottom_for_itself():
    both = 'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" '
    both += "propagate_down: %s propagate_down: %s }"
    for flags in ((True, False), (False, True), (True, True)):
        text = product("a", "x") + product("b", "x") + both % tuple(str(flag).lower() for flag in flags)
        _, _, gradients = trained(text + loss(bottom="sum"))
        assert {name[0] for name in gradients} == {name for name, flag in zip("ab", flags, strict=True) if flag}


def test_a_neuron_in_place_stops_them_too():
    text = product("a", "x") + layer("relu", "ReLU", "a", "a", "propagate_down: false") + product("b", "a") + loss()
    net, _, gradients = trained(text)
    assert {name[0] for name in gradients} == {"b"}
    values = {p.path: p.blob.to_array() for p in net.all_parameters}
    before = X @ values["a___weight"].T + values["a___bias"]
    np.testing.assert_allclose(net.blob("a").to_array(), np.maximum(before, 0), rtol=1e-13)


def test_labels_of_a_loss_may_say_that_they_get_none():
    _, objective, gradients = trained(product("b", "x") + loss("propagate_down: true propagate_down: false"))
    assert objective > 0
    assert set(gradients) == {"b___weight", "b___bias"}


def test_in_testing_nothing_stands_in_between():
    text = DATA + conv("a", "data") + conv("b", "a", "", "propagate_down: false")
    assert [each.name for each in model(text).layers] == ["data", "a", "b"]
    assert [each.name for each in model(text, phase="train").layers] == ["data", "a", "b/stopped a", "b"]


def test_propagate_down_is_once_for_each_bottom():
    with pytest.raises(OptionError, match=r"layer 'a' .*propagate_down is there 2 times for 1 bottoms"):
        model(DATA + conv("a", "data", "", "propagate_down: true propagate_down: true"))


def test_a_negative_weight_maximises():
    _, plus, up = trained(product("b", "x") + loss())
    _, minus, down = trained(product("b", "x") + loss("loss_weight: -0.5"))
    assert minus == pytest.approx(-0.5 * plus, rel=1e-14)
    np.testing.assert_allclose(down["b___weight"], -0.5 * up["b___weight"], rtol=1e-14)


def test_a_weight_of_zero_leaves_a_loss_out_of_the_objective():
    _, objective, gradients = trained(product("b", "x") + loss("loss_weight: 0"))
    assert objective == 0
    assert not any(g.any() for g in gradients.values())


SOFTMAX = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "b" bottom: "label" top: "loss" top: "prob" %s }\n'


def test_weights_on_both_tops_of_a_loss():
    text = inputs(label=(3,)) + product("b", "x") + SOFTMAX
    _, plain, _ = trained(text % "")
    net, both, _ = trained(text % "loss_weight: 2 loss_weight: -3")
    assert both == pytest.approx(2 * plain - 3 * net.blob("prob").to_array().sum(), rel=1e-12)


def test_weights_on_the_tops_of_other_layers():
    slices = 'layer { name: "cut" type: "Slice" bottom: "b" top: "left" top: "right" loss_weight: 1 loss_weight: -2 }\n'
    net, objective, _ = trained(product("b", "x") + slices)
    left, right = (net.blob(name).to_array() for name in ("left", "right"))
    assert objective == pytest.approx(left.sum() - 2 * right.sum(), rel=1e-12)


def test_a_weight_on_a_layer_in_place():
    text = product("b", "x") + layer("tanh", "TanH", "b", "b", "loss_weight: 4")
    net, objective, _ = trained(text)
    assert objective == pytest.approx(4 * net.blob("b").to_array().sum(), rel=1e-12)


def test_more_weights_than_tops_are_refused():
    with pytest.raises(MochaError, match=r"layer 'a' .*2 loss_weight for 1 tops"):
        model(DATA + conv("a", "data", "", "loss_weight: 1 loss_weight: 1"))
