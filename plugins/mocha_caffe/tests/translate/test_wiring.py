"""In Caffe order decides which value of a blob a layer reads; in Mocha the names must say it."""

from __future__ import annotations

import pytest

from mocha_core import TopologyError

from .texts import DATA, conv, layer, model


def wiring(text: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {each.name: (tuple(each.bottoms), tuple(each.tops)) for each in model(text).layers}


def test_a_neuron_in_place_stays_in_place():
    found = wiring(DATA + conv("conv1", "data") + layer("relu1", "ReLU", "conv1", "conv1"))
    assert found["conv1"] == (("data",), ("conv1",))
    assert found["relu1"] == (("conv1",), ())


def test_other_layers_in_place_get_blobs_of_their_own_and_the_last_keeps_the_name():
    chain = [("bn1", "BatchNorm"), ("scale1", "Scale"), ("relu1", "ReLU")]
    found = wiring(DATA + conv("conv1", "data") + "".join(layer(n, kind, "conv1", "conv1") for n, kind in chain))
    assert found["conv1"] == (("data",), ("conv1/raw",))
    assert found["bn1"] == (("conv1/raw",), ("bn1",))
    assert found["scale1"] == (("bn1",), ("conv1",))
    assert found["relu1"] == (("conv1",), ())


def test_who_reads_before_a_neuron_in_place_sees_the_value_before():
    text = DATA + conv("conv1", "data") + layer("square", "Power", "conv1") + layer("relu1", "ReLU", "conv1", "conv1")
    found = wiring(text + layer("after", "Power", "conv1"))
    assert found["conv1"][1] == found["square"][0] == ("conv1/raw",)
    assert found["relu1"] == (("conv1/raw",), ("conv1",))
    assert found["after"][0] == ("conv1",)


def test_an_input_keeps_its_name_whatever_overwrites_it():
    found = model(DATA + layer("data/bn", "BatchNorm", "data", "data") + layer("relu", "ReLU", "data", "data"))
    assert [(tuple(each.bottoms), tuple(each.tops)) for each in found.layers] == [
        ((), ("data",)),
        (("data",), ("relu",)),
        (("relu",), ()),
    ]
    assert found.blobs["data"] == "relu"
    alone = model(DATA + layer("relu", "ReLU", "data", "data")).layers[1]
    assert (tuple(alone.bottoms), tuple(alone.tops)) == (("data",), ("relu",))


def test_splits_that_caffe_saves_are_other_names():
    split = (
        'layer { name: "conv1_conv1_0_split" type: "Split" bottom: "conv1" '
        'top: "conv1_conv1_0_split_0" top: "conv1_conv1_0_split_1" }'
    )
    text = DATA + conv("conv1", "data") + split
    found = wiring(text + layer("a", "Power", "conv1_conv1_0_split_0") + layer("b", "Power", "conv1_conv1_0_split_1"))
    assert "conv1_conv1_0_split" not in found
    assert found["a"][0] == found["b"][0] == ("conv1",)


def test_a_split_that_somebody_wrote_stays():
    split = 'layer { name: "twice" type: "Split" bottom: "data" top: "left" top: "right" }'
    assert wiring(DATA + split)["twice"] == (("data",), ("left", "right"))


def test_a_loss_is_never_called_like_anothers_blob():
    text = DATA + conv("loss", "data")
    text += layer("ip", "InnerProduct", "loss", "", "inner_product_param { num_output: 3 }")
    label = 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }'
    text += label + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "cost" }'
    found = model(text)
    assert [each.name for each in found.layers][-2:] == ["label", "cost"]
    assert found.blobs["cost"] == "cost"


def test_a_loss_may_leave_out_its_top():
    label = 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }'
    text = DATA + layer("ip", "InnerProduct", "data", "", "inner_product_param { num_output: 3 }") + label
    text += 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" }'
    assert model(text).layers[-1].name == "loss"


def test_nameless_layers_and_two_of_one_name_get_names():
    names = [each.name for each in model(DATA + layer("", "Power", "data", "a") + layer("", "Power", "a", "b")).layers]
    assert names == ["data", "layer", "layer/2"]


def test_a_blob_nobody_wrote_is_an_error_with_its_place():
    with pytest.raises(TopologyError, match=r"net\.prototxt:2:1: layer 'b' reads blob 'dat'.*did you mean 'data'"):
        model(DATA + layer("b", "Power", "dat"))


def test_a_blob_written_twice_is_an_error_with_its_place():
    with pytest.raises(TopologyError, match=r"net\.prototxt:3:1: blob 'a' is written by layer 'a' and by layer 'b'"):
        model(DATA + layer("a", "Power", "data") + layer("b", "Power", "data", "a"))


def test_a_cycle_is_a_blob_that_is_not_there_yet():
    with pytest.raises(TopologyError, match="layer 'a' reads blob 'b', which no layer before it writes"):
        model(DATA + layer("a", "Power", "b") + layer("b", "Power", "a"))
