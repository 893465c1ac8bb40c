"""Inputs of all kinds, and sizes that the user gives instead."""

from __future__ import annotations

import pytest

from mocha_core import InputLayer, OptionError, ShapeError, SoftmaxLayer

from .texts import DATA, conv, layer, model

TRAINING = 'layer { name: "data" type: "Data" top: "data" top: "label" data_param { source: "gone" batch_size: 4 } }\n'
TAIL = (
    layer("ip", "InnerProduct", "data", "", "inner_product_param { num_output: 3 }")
    + 'layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" }'
    + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'
    + 'layer { name: "quiet" type: "Silence" bottom: "label" }'
)


def shapes(text: str, given: object = None) -> dict[str, tuple[int, ...]]:
    found = model(text, given)
    return {top: found.shapes[top].shape for each in found.layers if isinstance(each, InputLayer) for top in each.tops}


@pytest.mark.parametrize(
    "text",
    [
        'input: "x" input_dim: 1 input_dim: 3 input_dim: 4 input_dim: 5 ',
        'input: "x" input_shape: { dim: 1 dim: 3 dim: 4 dim: 5 } ',
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 4 dim: 5 } } } ',
    ],
)
def test_every_spelling(text):
    assert shapes(text + layer("a", "Power", "x")) == {"x": (1, 3, 4, 5)}


def test_one_shape_for_several_tops():
    text = 'layer { name: "i" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 dim: 3 } } }'
    assert shapes(text) == {"x": (2, 3), "y": (2, 3)}


def test_memory_data_is_an_input_with_labels():
    text = (
        'layer { name: "m" type: "MemoryData" top: "x" top: "y" '
        "memory_data_param { batch_size: 4 channels: 3 height: 5 width: 6 } }"
    )
    assert shapes(text) == {"x": (4, 3, 5, 6), "y": (4,)}


def test_other_sizes():
    assert shapes(DATA + conv("conv1", "data"), {"data": (1, 3, 20, 30)}) == {"data": (1, 3, 20, 30)}


def test_an_input_without_a_shape_needs_one():
    text = 'layer { name: "i" type: "Input" top: "x" }'
    with pytest.raises(OptionError, match=r"net\.prototxt:1:1: layer 'i' \(Input\): 0 shapes for the tops x.*shapes="):
        model(text)
    assert shapes(text, {"x": (1, 2)}) == {"x": (1, 2)}


def test_a_net_that_does_not_say_what_comes_in():
    assert shapes(layer("a", "Power", "x"), {"x": (1, 2)}) == {"x": (1, 2)}


def test_a_training_net_predicts_once_its_data_are_given():
    found = model(TRAINING + TAIL, {"data": (1, 3, 4, 4)})
    assert [type(each).__name__ for each in found.layers] == ["InputLayer", "InnerProductLayer", "SoftmaxLayer"]
    assert isinstance(found.layers[-1], SoftmaxLayer)
    assert found.shapes["loss/prob"].shape == (1, 3)


def test_a_shape_for_a_blob_that_is_not_there():
    with pytest.raises(OptionError, match="shapes names 'dta', and the net has no such blob; did you mean 'data'"):
        model(DATA, {"dta": (1, 3)})


def test_a_shape_for_a_blob_that_is_computed():
    with pytest.raises(OptionError, match="shapes names 'conv1', which layer 'conv1' computes"):
        model(DATA + conv("conv1", "data"), {"conv1": (1, 4, 5, 5)})


LARGE = "inner_product_param { num_output: 4294967295 }"


@pytest.mark.parametrize(
    "text",
    [DATA.replace("dim: 8", "dim: 99999999999999"), DATA + layer("ip", "InnerProduct", "data", "", LARGE)],
)
def test_terabytes_are_refused_before_anything_is_allocated(text):
    with pytest.raises(ShapeError, match=r"net\.prototxt:\d:1: .* numbers; correct the sizes"):
        model(text)


def test_shapes_that_do_not_fit_say_where():
    with pytest.raises(ShapeError, match=r"net\.prototxt:2:1: layer 'conv1' .*does not fit"):
        model(DATA.replace("dim: 8", "dim: 2") + conv("conv1", "data"))
