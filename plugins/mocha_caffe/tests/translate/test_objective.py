"""loss_weight and propagate_down: what counts in the objective, and where its gradient stops."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import DataError, MochaError, OptionError

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
    net, minus, down = trained(product("b", "x") + loss("loss_weight: -0.5"))
    assert minus == pytest.approx(-0.5 * plus, rel=1e-14)
    assert net.blob("loss").to_array() == net.statistics()["loss-square-loss"] == plus
    np.testing.assert_allclose(down["b___weight"], -0.5 * up["b___weight"], rtol=1e-14)


def test_a_weight_of_zero_leaves_a_loss_out_of_the_objective():
    _, alone, _ = trained(product("b", "x") + loss())
    net, objective, gradients = trained(product("b", "x") + loss("loss_weight: 0"))
    assert objective == 0
    assert net.losses() == {"loss": alone}
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


LATE = product("b", "x") + loss() + layer("ten", "Power", "loss", "", "power_param { scale: 10 } %s")


def test_sigmoid_cross_entropy_takes_labels_of_any_size_as_caffe():
    text = layer("loss", "SigmoidCrossEntropyLoss", "x", "", 'bottom: "t"')
    with built(inputs(x=(2, 3), t=(2, 3)) + text, phase="train") as net:
        x, t = random(2, 3), np.array([[-1.0, 0.0, 2.5], [1.0, 7.0, -3.0]])
        net.blob("x").set(x)
        net.blob("t").set(t)
        expected = (np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))).sum() / 2
        assert net.forward() == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("kind", ["SoftmaxWithLoss", "MultinomialLogisticLoss", "HingeLoss", "Accuracy"])
@pytest.mark.parametrize("bad", [3, -1, 1.5, np.nan])
def test_labels_that_caffe_would_cut_off_or_look_up_elsewhere_are_refused(kind: str, bad: float):
    text = layer("last", kind, "x", "", 'bottom: "label"')
    with (
        built(inputs(x=(2, 3), label=(2,)) + text) as net,
        pytest.raises(DataError, match=f"layer 'last': blob 'label' holds the label {bad:g} in sample 1"),
    ):
        net.blob("label").set([2, bad])


def test_inputs_hold_zero_until_they_are_set():
    text = 'layer { name: "sum" type: "Eltwise" bottom: "x" bottom: "state" top: "sum" }'
    with built(inputs(x=(2, 3), state=(2, 3)) + text, keep=()) as net:
        net.blob("x").set(random(2, 3))
        for _ in range(2):
            net.forward()
            np.testing.assert_array_equal(net.blob("sum").to_array(), random(2, 3))


def test_a_loss_that_others_read_is_the_loss_it_was():
    _, alone, gradients = trained(product("b", "x") + loss())
    for more in ("", 'layer { name: "quiet" type: "Silence" bottom: "ten" }'):
        net, objective, found = trained(LATE % "" + more)
        assert objective == alone == pytest.approx(net.losses()["loss"], rel=0)
        for name, gradient in gradients.items():
            np.testing.assert_array_equal(found[name], gradient)


@pytest.mark.parametrize(
    "text", [LATE % "loss_weight: 2", LATE % "" + layer("more", "Power", "ten", "", "loss_weight: 1")]
)
def test_no_gradient_goes_back_through_a_loss(text):
    said = r"^net\.prototxt:5:1: layer 'ten' \(Power\): it reads blob 'loss' of loss 'loss' on the way to another loss"
    with pytest.raises(OptionError, match=said):
        model(INPUTS + text, phase="train")
    assert model(INPUTS + text, phase="test").layers[-1].traits.loss


def test_what_is_made_of_a_loss_may_count_where_no_gradient_comes_back():
    _, alone, gradients = trained(product("b", "x") + loss())
    _, objective, found = trained(LATE % "loss_weight: 2 propagate_down: false")
    assert objective == pytest.approx(21 * alone, rel=1e-14)
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(found[name], gradient)
