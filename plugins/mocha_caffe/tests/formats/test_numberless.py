"""Options without a number come through a binary file."""

from __future__ import annotations

import pytest
from hypothesis import given

from mocha_caffe.formats import CaffeFileError, Message, numbered, parse_text, parse_wire, upgrade_net, write_wire

from .strategies import checking, messages

LAYERS = [
    'name: "c" type: "Convolution" convolution_param { num_output: 2 kernel_size: 3 hole: 2 }',
    'name: "p" type: "Pooling" pooling_param { kernel_size: 2 stride: 2 ceil_mode: false }',
    'name: "r" type: "ReLU6" relu6_param { threshold: 2 }',
    'name: "b" type: "BN" bn_param { bn_mode: INFERENCE scale_filler { type: "constant" value: 1 } }',
    'name: "m" type: "Maxout" maxout_param { pieces: 2 alpha: [1, 2] inner { text: "a\\"b" } }',
    'name: "u" type: "UpsampleTwice" upsample_param { scale: 3 }',
    'name: "f" type: "Filler" param { lr_mult: 2 } param { lr_mult: 1 mine: 3 }',
    'name: "e" type: "Pooling" pooling_param { pool: MEDIAN kernel_size: 3 }',
]


def through_a_file(layer: Message) -> Message:
    net = Message("NetParameter", layer=[numbered(layer)])
    return upgrade_net(parse_wire(write_wire(net))).net.layer[0]


@pytest.mark.parametrize("text", LAYERS)
def test_nothing_is_lost(text):
    layer = parse_text(text, "LayerParameter")
    assert through_a_file(layer) == layer


def test_what_has_a_number_stays_under_it():
    kept = numbered(parse_text(LAYERS[0], "LayerParameter"))
    assert kept.convolution_param == Message("ConvolutionParameter", num_output=2, kernel_size=[3])
    assert kept.prototxt == "convolution_param {\n  hole: 2\n}\n"
    assert "prototxt" not in numbered(parse_text('name: "r" type: "ReLU"', "LayerParameter"))


def test_a_fault_in_the_text_names_the_place():
    damaged = Message("NetParameter", layer=[Message("LayerParameter", name="r", prototxt="relu_param {")])
    with pytest.raises(CaffeFileError, match=r"byte \d+:1:13: .*block of line 1"):
        upgrade_net(parse_wire(write_wire(damaged), name="x.caffemodel"))


@checking
@given(messages("LayerParameter", numbers_only=False))
def test_any_layer(layer: Message):
    layer.prototxt = layer.blobs = layer.param = None
    assert through_a_file(layer) == layer
