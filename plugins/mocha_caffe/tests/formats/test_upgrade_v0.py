"""The oldest nets."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import UpgradeError, parse_text, parse_wire, upgrade_net, write_text, write_wire

from .samples import V0_TEXT

UPGRADED = """layer {
  name: "input"
  type: "Input"
  top: "data"
  input_param {
    shape {
      dim: 1
      dim: 3
      dim: 8
      dim: 8
    }
  }
}
layer {
  name: "conv"
  type: "Convolution"
  bottom: "data"
  top: "conv"
  param {
    lr_mult: 1
    decay_mult: 1
  }
  param {
    lr_mult: 2
  }
  convolution_param {
    num_output: 4
    bias_term: false
    pad: 2
    kernel_size: 3
    group: 1
    weight_filler {
      type: "gaussian"
      std: 0.01
    }
  }
}
layer {
  name: "pool"
  type: "Pooling"
  bottom: "conv"
  top: "pool"
  pooling_param {
    pool: AVE
    kernel_size: 2
    stride: 2
  }
}
layer {
  name: "fc"
  type: "InnerProduct"
  bottom: "pool"
  top: "fc"
  inner_product_param {
    num_output: 10
  }
}
"""


def test_the_whole_net():
    upgraded = upgrade_net(parse_text(V0_TEXT))
    assert write_text(upgraded.net) == 'name: "oldest"\n' + UPGRADED
    assert upgraded.notes == ("layer 'fc' of type 'innerproduct' has no alpha; it is left out",)


def test_the_binary_net_gives_the_same():
    net = parse_text(V0_TEXT)
    assert upgrade_net(parse_wire(write_wire(net))).net == upgrade_net(net).net


def test_the_net_itself_is_left_as_it_was():
    net = parse_text(V0_TEXT)
    upgrade_net(net)
    assert net == parse_text(V0_TEXT)


@pytest.mark.parametrize(
    ("fields", "kind", "moved"),
    [
        (
            'source: "s" batchsize: 2 rand_skip: 3',
            "data",
            'data_param {\n    source: "s"\n    batch_size: 2\n    rand_skip: 3',
        ),
        ('source: "s" batchsize: 2', "hdf5_data", "hdf5_data_param"),
        (
            "shuffle_images: true new_height: 4 new_width: 5",
            "images",
            "image_data_param {\n    shuffle: true\n    new_height: 4",
        ),
        (
            "det_fg_threshold: 0.5 det_context_pad: 1 det_crop_mode: 'w'",
            "window_data",
            "fg_threshold: 0.5\n    context_pad: 1",
        ),
        (
            "scale: 0.5 meanfile: 'm' cropsize: 3 mirror: true",
            "data",
            "transform_param {\n    scale: 0.5\n    mirror: true",
        ),
        ("source: 's'", "infogain_loss", "infogain_loss_param"),
        ("dropout_ratio: 0.25", "dropout", "dropout_param {\n    dropout_ratio: 0.25"),
        ("local_size: 3 alpha: 1 beta: 2 k: 3", "lrn", "local_size: 3\n    alpha: 1\n    beta: 2\n    k: 3"),
        ("concat_dim: 0", "concat", "concat_param {\n    concat_dim: 0"),
        ("hdf5_output_param { file_name: 'f' }", "hdf5_output", 'hdf5_output_param {\n    file_name: "f"'),
        ("pad: 1 stride: 2", "pool", "pooling_param {\n    stride: 2\n    pad: 1"),
    ],
)
def test_where_each_field_goes(fields, kind, moved):
    upgraded = upgrade_net(parse_text(f"layers {{ layer {{ name: 'a' type: '{kind}' {fields} }} }}"))
    assert moved in write_text(upgraded.net)
    assert upgraded.notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layers { layer { type: 'odd' } }", "'odd' is no layer type of Caffe's oldest format"),
        (
            "layers { layer { name: 'a' type: 'relu' } bottom: 'x' }",
            "layer 'a' reads 'x', which no layer above it makes",
        ),
        (
            "input: 'x' layers { layer { type: 'padding' } bottom: 'x' top: 'y' } "
            "layers { layer { name: 'a' type: 'relu' } bottom: 'y' }",
            "layer 'a' of type 'relu' reads a padding layer",
        ),
        (
            "input: 'x' layers { layer { type: 'padding' } bottom: 'x' top: 'y' } "
            "layers { layer { name: 'a' type: 'conv' } bottom: 'y' bottom: 'x' }",
            "must read one blob each",
        ),
    ],
)
def test_faults(text, expected):
    with pytest.raises(UpgradeError, match=expected):
        upgrade_net(parse_text(text))
