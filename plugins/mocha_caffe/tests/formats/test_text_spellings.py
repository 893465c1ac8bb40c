"""Every way in which a prototxt may be spelled means the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_caffe.formats import Message, parse_text

LAYER = Message("LayerParameter", name="a", bottom=["x", "y"], loss_weight=[1, 0.5])


@pytest.mark.parametrize(
    "text",
    [
        'name: "a" bottom: "x" bottom: "y" loss_weight: 1 loss_weight: 0.5',
        "name:'a'bottom:'x'bottom:'y'loss_weight:1 loss_weight:.5",
        'name: "a", bottom: ["x", "y"]; loss_weight: [1, 5e-1]',
        'name: "" "a" \'\'\nbottom: ["x"] bottom: ["y"], loss_weight: 1.f loss_weight: 0.5F',
        '# first\nname: "a"#,\nbottom: "x" # "z"\n bottom: "y"; loss_weight: 1. loss_weight: 5E-1 bottom: []',
        '\ufeffname: "\\x61" bottom: "\\170"\r\nbottom: "\\u0079"\rloss_weight: 1e0 loss_weight: 0.50',
    ],
)
def test_the_same_layer(text):
    assert parse_text(text, "LayerParameter") == LAYER


@pytest.mark.parametrize(
    "block", ["param { lr_mult: 2 }", "param: { lr_mult: 2 }", "param < lr_mult: 2 >", "param: <lr_mult:2>"]
)
def test_blocks(block):
    assert parse_text(block, "LayerParameter").param[0].lr_mult == 2


def test_lists_of_blocks():
    assert len(parse_text("param: [{ lr_mult: 2 }, < >, {}]", "LayerParameter").param) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("t", True), ("1", True), ("0", False), ("False", False), ("f", False)],
)
def test_booleans(text, value):
    assert parse_text(f"bias_term: {text}", "ConvolutionParameter").bias_term is value


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("0x1F", 31), ("010", 8), ("0", 0), ("-3", -3), ("- 3", -3)])
def test_whole_numbers(text, value):
    assert parse_text(f"axis: {text}", "ConcatParameter").axis == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("Infinity", math.inf),
        ("1e99", math.inf),
        ("-0.0", -0.0),
        ("7", 7),
        ("1e-3", 1e-3),
    ],
)
def test_real_numbers(text, value):
    found = parse_text(f"value: {text}", "FillerParameter").value
    assert found == float(np.float32(value))
    assert math.copysign(1, found) == math.copysign(1, value)


def test_not_a_number():
    assert math.isnan(parse_text("value: nan", "FillerParameter").value)


@pytest.mark.parametrize(("text", "value"), [("AVE", "AVE"), ("1", "AVE"), ("7", 7), ("NEW", "NEW")])
def test_enums_by_name_or_number_and_those_of_forks(text, value):
    assert parse_text(f"pool: {text}", "PoolingParameter").pool == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\n\t\\\"\'", "\n\t\\\"'"),
        (r"\303\251", "é"),
        ("é", "é"),
        (r"\u00e9\U0001F600", "é\U0001f600"),
        (r"\377", "\udcff"),
        ("it's", "it's"),
    ],
)
def test_escapes(text, value):
    assert parse_text(f'name: "{text}"', "LayerParameter").name == value


def test_inputs_of_an_old_net():
    net = parse_text('input: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 8\ninput_dim: 8')
    assert (net.input, net.input_dim) == (["data"], [1, 3, 8, 8])


def test_numbers_of_blobs_become_arrays():
    blob = parse_text("data: [1, 2.5] data: nan", "BlobProto")
    np.testing.assert_array_equal(blob.data, np.array([1, 2.5, np.nan], "f4"))
    assert blob.data.dtype == np.float32


def test_places_are_remembered():
    net = parse_text("name: 'n'\n  layer { pooling_param { } }", name="deploy.prototxt")
    assert str(net.layer[0].place) == "deploy.prototxt:2:3"
    assert str(net.layer[0].pooling_param.place) == "deploy.prototxt:2:11"
