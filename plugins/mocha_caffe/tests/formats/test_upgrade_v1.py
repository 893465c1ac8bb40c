"""Nets with `layers`, and what was changed later."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import Message, UpgradeError, blob_array, parse_text, parse_wire, upgrade_net, write_wire
from mocha_caffe.formats.upgrade.names import V1_TYPES

from .samples import V1_TEXT, V2_TEXT, old_weights


def upgraded(text: str) -> Message:
    return upgrade_net(parse_text(text)).net


def test_the_whole_net():
    net = upgraded(V1_TEXT)
    assert [layer.type for layer in net.layer] == ["Input", "Data", "Convolution"]
    assert "layers" not in net
    assert [list(param) for param in net.layer[2].param] == [
        [("name", "w"), ("share_mode", "PERMISSIVE"), ("lr_mult", 1.0), ("decay_mult", 1.0)],
        [("lr_mult", 2.0)],
    ]


def test_preprocessing_moves_out_of_data_param():
    data = upgraded(V1_TEXT).layer[1]
    assert list(data.transform_param) == [("scale", 0.5), ("mean_file", "m")]
    assert list(data.data_param) == [("source", "x"), ("batch_size", 2)]


def test_preprocessing_of_a_current_net_stays_where_it_is():
    layer = upgraded("layer { type: 'Data' data_param { scale: 0.5 } }").layer[0]
    assert layer.data_param.scale == 0.5
    assert "transform_param" not in layer


@pytest.mark.parametrize(("old", "new"), V1_TYPES.items())
def test_types(old, new):
    assert upgraded(f"layers {{ type: {old} }}").layer[0].type == new


def test_a_forks_type_is_kept_and_noted():
    result = upgrade_net(parse_text("layers { name: 'a' type: WARP } layers { name: 'b' type: 77 }"))
    assert [layer.type for layer in result.net.layer] == ["WARP", "77"]
    assert len(result.notes) == 2


def test_unknown_fields_with_names_are_kept():
    assert [unknown.name for unknown in upgraded("layers { odd_param { x: 1 } }").layer[0].unknown] == ["odd_param"]


def test_both_formats_in_one_net_are_refused():
    with pytest.raises(UpgradeError, match="<text>:1:11: the net has both"):
        upgraded("layer { } layers { }")


def test_blobs_are_shared_not_copied():
    data = write_wire(old_weights())
    net = upgrade_net(parse_wire(data)).net
    assert np.shares_memory(blob_array(net.layer[0].blobs[0]), np.frombuffer(data, "u1"))


def test_inputs_without_shapes_are_dropped():
    assert next(iter(upgrade_net(old_weights()).net)) == ("name", "old")
    assert len(upgrade_net(old_weights()).net.layer) == 1


def test_several_inputs():
    net = upgraded("input: 'a' input: 'b' input_shape { dim: 1 } input_shape { dim: 2 dim: 3 }")
    assert net.layer[0].top == ["a", "b"]
    assert [shape.dim for shape in net.layer[0].input_param.shape] == [[1], [2, 3]]
    assert not net.input


def test_too_few_shapes():
    with pytest.raises(UpgradeError, match=r"2 inputs \(a, b\) but 1 shapes"):
        upgraded("input: 'a' input: 'b' input_dim: 1 input_dim: 1 input_dim: 1 input_dim: 1")


def test_batch_norm_with_three_params_is_never_learned():
    net = upgraded(V2_TEXT)
    assert [(param.lr_mult, param.decay_mult) for param in net.layer[4].param] == [(0, 0)] * 3


def test_batch_norm_with_other_params_stays():
    text = "layer { type: 'BatchNorm' param { lr_mult: 1 } }"
    assert upgraded(text) == parse_text(text)


def test_a_current_net_stays_as_it_is():
    text = "name: 'n' layer { name: 'a' type: 'ReLU' }"
    assert upgrade_net(parse_text(text)) == upgrade_net(upgraded(text))
    assert upgraded(text) == parse_text(text)
