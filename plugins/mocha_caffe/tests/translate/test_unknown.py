"""Layers that Mocha does not know: all named before anything runs, and how a user supplies them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import mocha_caffe
from mocha_caffe import UnknownLayerError
from mocha_caffe.formats import make_blob, parse_text
from mocha_caffe.translate import forget, translate
from mocha_core import Grads, Layer, MochaError, OptionError, PowerLayer, spec
from mocha_core.layer import Values
from mocha_core.plan import Plan

from .texts import DATA, layer, model

STRANGE = layer("warp1", "Warp", "data", "", "warp_param { alpha: 0.5 order: 2 order: 1 }")


@pytest.fixture
def warp() -> Iterator[None]:
    yield
    forget("Warp")


@spec(kw_only=True)
class WarpLayer(Layer):
    alpha: float = 1.0

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
    assert model(DATA + STRANGE).layers[-1].alpha == 0.5


def test_a_class_gets_the_fields_of_the_block_that_are_its_options(warp):
    mocha_caffe.layer("Warp")(WarpLayer)
    made = model(DATA + STRANGE).layers[-1]
    assert made == WarpLayer(name="warp1", bottoms=["data"], tops=["warp1"], alpha=0.5)


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
