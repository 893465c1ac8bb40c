"""Layers that Mocha does not know: all named before anything runs, and how a user supplies them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest

import mocha_caffe
from mocha_caffe import UnknownLayerError
from mocha_caffe.formats import make_blob, parse_text
from mocha_caffe.translate import describe_unread, forget, translate
from mocha_core import Grads, Layer, MochaError, OptionError, PowerLayer, spec
from mocha_core.layer import Values
from mocha_core.layers.losses import LossLayer
from mocha_core.plan import Plan, Traits

from .texts import DATA, layer, model

STRANGE = layer("warp1", "Warp", "data", "", "warp_param { alpha: 0.5 order: 2 order: 1 }")


@pytest.fixture
def warp() -> Iterator[None]:
    yield
    forget("Warp")


@spec(kw_only=True)
class WarpLayer(Layer):
    alpha: float = 1.0
    order: object = ()

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v: Values):
        return (self.alpha * v.xs[0],)

    def backward(self, xp, v: Values):
        return Grads((self.alpha * v.dys[0],))


def test_all_are_named_with_place_blobs_and_options():
    text = DATA + STRANGE + layer("c", "Convolutoin", "warp1", "", "convolution_param { num_output: 4 }")
    with pytest.raises(UnknownLayerError) as caught:
        model(text)
    said = str(caught.value)
    assert said.startswith("2 layers of unknown types:")
    assert "net.prototxt:2:1: Warp 'warp1' (data -> warp1; warp_param)" in said
    assert "Convolutoin 'c' (warp1 -> c; convolution_param); did you mean 'Convolution'?" in said
    assert '@mocha_caffe.layer("Warp")' in said
    assert issubclass(UnknownLayerError, MochaError)


def test_the_class_that_the_error_shows_works(warp):
    with pytest.raises(UnknownLayerError) as caught:
        model(DATA + STRANGE)
    code = str(caught.value).partition("import mocha_caffe")[2]
    exec("import mocha_caffe" + code, {"__name__": __name__})
    made = model(DATA + STRANGE).layers[-1]
    assert (made.alpha, made.order) == (0.5, (2, 1))


def test_that_class_has_the_fields_of_all_such_layers(warp):
    more = 'warp_param { alpha: 3 mode: FAST class: 1 inner { a: 1 } far: inf name: "x" rows: [1, nan] }'
    text = DATA + STRANGE + layer("warp2", "Warp", "data", "", more)
    with pytest.raises(UnknownLayerError) as caught:
        model(text)
    code = str(caught.value).partition("import mocha_caffe")[2]
    exec("import mocha_caffe" + code, {"__name__": __name__})
    with pytest.raises(OptionError, match=r"layer 'warp2' \(Warp\): WarpLayer has no option 'class'"):
        model(text)
    found = model(text.replace("class: 1", "").replace('name: "x"', "")).layers[-1]
    assert (found.alpha, found.mode, found.order) == (3, "FAST", (2, 1))


def test_a_class_gets_the_fields_of_the_block_that_are_its_options(warp):
    mocha_caffe.layer("Warp")(WarpLayer)
    made = model(DATA + STRANGE).layers[-1]
    assert made == WarpLayer(name="warp1", bottoms=["data"], tops=["warp1"], alpha=0.5, order=(2, 1))


def test_a_field_that_is_no_option_is_refused(warp):
    mocha_caffe.layer("Warp")(WarpLayer)
    said = r"net\.prototxt:2:1: layer 'warp1' \(Warp\): WarpLayer has no option 'alhpa', which warp_param gives; .*"
    with pytest.raises(OptionError, match=said + "did you mean 'alpha'"):
        model(DATA + STRANGE.replace("alpha", "alhpa"))


def test_fields_called_like_methods_of_the_block_are_options_like_others(warp):
    more = "warp_param { values: 1 get: [2, 3] }"
    mocha_caffe.layer("Warp")(OddlyNamedLayer)
    made = model(DATA + layer("warp1", "Warp", "data", "", more)).layers[-1]
    assert (made.values, made.get) == (1, (2, 3))


def test_blocks_that_a_layer_from_outside_reads_are_not_unread(warp):
    net = parse_text(DATA + STRANGE + layer("c", "ReLU", "warp1", "", "fast_param { a: 1 } slop: 2"), name="n")
    assert [line.split("'")[1] for line in describe_unread(net)] == ["warp_param", "fast_param", "slop"]
    mocha_caffe.layer("Warp")(WarpLayer)
    assert [line.split("'")[1] for line in describe_unread(net)] == ["fast_param", "slop"]


@spec(kw_only=True)
class OddlyNamedLayer(Layer):
    values: int = 0
    get: object = ()
    plan, forward = WarpLayer.plan, WarpLayer.forward


@spec(kw_only=True)
class FarLossLayer(LossLayer):
    statistic: ClassVar[str] = "far"

    @property
    def reads(self):
        return 1

    def plan(self, bottoms):
        return Plan(tops=(bottoms[0].with_shape(),))

    def forward(self, xp, v: Values):
        return (xp.sum(v.xs[0]),)


@spec(kw_only=True)
class NearLossLayer(Layer):
    traits: ClassVar[Traits] = Traits(sink=True, loss=True)
    plan, forward = FarLossLayer.plan, FarLossLayer.forward


def test_a_class_of_losses_gets_its_loss_weight(warp):
    text = layer("warp1", "Warp", "data", "", "loss_weight: 0.25")
    mocha_caffe.layer("Warp")(FarLossLayer)
    assert model(DATA + text).layers[-1] == FarLossLayer(name="warp1", bottoms=["data"], loss_weight=0.25)
    mocha_caffe.layer("Warp")(NearLossLayer)
    with pytest.raises(OptionError, match=r"NearLossLayer has no option 'loss_weight', a float"):
        model(DATA + text)
    assert type(model(DATA + text.replace("0.25", "1")).layers[-1]) is NearLossLayer


def test_a_function_gets_everything(warp):
    @mocha_caffe.layer("Warp")
    def warp_as_power(given):
        (block,) = given.message.unknown
        return given.make(PowerLayer, scale=block.value.alpha, shift=sum(block.value.order))

    assert model(DATA + STRANGE).layers[-1] == PowerLayer(
        name="warp1", bottoms=["data"], tops=["warp1"], scale=0.5, shift=3.0
    )


def test_blobs_of_an_unknown_layer_are_counted():
    net = parse_text(DATA + STRANGE, "NetParameter", name="net.prototxt")
    net.layer[1].blobs = [make_blob(np.zeros(3, np.float32))]
    with pytest.raises(UnknownLayerError, match="1 blobs"):
        translate(net)


def test_what_is_neither_class_nor_function_is_refused(warp):
    with pytest.raises(OptionError, match=r"layer\('Warp'\) is for a class of layers"):
        mocha_caffe.layer("Warp")(3)


def test_data_that_cannot_be_read_say_how_to_do_without():
    with pytest.raises(UnknownLayerError, match=r'shapes=\{"data": \(1, 3, 227, 227\)\}'):
        model('layer { name: "data" type: "MyData" top: "data" top: "label" }')
