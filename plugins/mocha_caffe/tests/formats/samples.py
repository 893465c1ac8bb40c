"""Small nets of every age, made here."""

from __future__ import annotations

import numpy as np

from mocha_caffe.formats import Message, make_blob

V2_TEXT = """
name: "tiny"  # a comment
input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer {
  name: 'conv' type: "Convolution" bottom: "data"; top: "conv",
  param { lr_mult: 1 decay_mult: 1 } param < lr_mult: 2 >
  convolution_param: { num_output: 0x4 kernel_size: [3, 3] pad: 01 weight_filler { type: "xav" 'ier' } bias_term: t }
}
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" relu_param { negative_slope: 1.5e-1f engine: CAFFE } }
layer { name: "odd" type: "Odd" bottom: "conv" top: "odd" odd_param { alpha: 0.5 modes: [A, "b", -3] inner < x: 1 > } }
layer { name: "bn" type: "BatchNorm" param { lr_mult: 1 } param { lr_mult: 1 } param { lr_mult: 1 }
  batch_norm_param { eps: .001 use_global_stats: True } include { phase: TEST not_stage: "deploy" } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "odd" bottom: "label" loss_weight: 1 loss_weight: -inf
  blobs { shape { dim: 2 } data: 1 data: nan double_data: 0.25 } }
"""

V1_TEXT = """
name: "old" input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layers { name: "d" type: DATA top: "data" data_param { source: "x" scale: 0.5 mean_file: "m" batch_size: 2 } }
layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 blobs_lr: 2 weight_decay: 1
  param: "w" blob_share_mode: PERMISSIVE convolution_param { num_output: 2 kernel_size: 3 } }
"""

V0_TEXT = """
name: "oldest" input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layers { layer { name: "pad" type: "padding" pad: 2 } bottom: "data" top: "padded" }
layers { layer { name: "conv" type: "conv" num_output: 4 kernelsize: 3 group: 1 biasterm: false
  weight_filler { type: "gaussian" std: 0.01 } blobs_lr: 1 blobs_lr: 2 weight_decay: 1 } bottom: "padded" top: "conv" }
layers { layer { name: "pool" type: "pool" pool: AVE kernelsize: 2 stride: 2 } bottom: "conv" top: "pool" }
layers { layer { name: "fc" type: "innerproduct" num_output: 10 alpha: 2 } bottom: "pool" top: "fc" }
"""


def weights(layer_name: str = "conv") -> Message:
    """A binary net: a current layer with two blobs, and a Split without any."""
    net = Message("NetParameter", name="tiny")
    layer = net.make("layer", name=layer_name, type="Convolution", bottom=["data"], top=["conv"], phase="TEST")
    layer.make("convolution_param", num_output=4, kernel_size=[3], weight_filler=Message("FillerParameter", std=0.01))
    layer.append("blobs", make_blob(np.arange(24, dtype="f4").reshape(4, 2, 3, 1)))
    layer.append("blobs", make_blob(np.arange(4.0), legacy=True))
    net.make("layer", name="split", type="Split", bottom=["conv"], top=["a", "b"], loss_weight=[1, -2.5])
    return net


def old_weights() -> Message:
    """A binary V1 net with blobs."""
    net = Message("NetParameter", name="old", input=["data"])
    layer = net.make("layers", name="fc", type="INNER_PRODUCT", bottom=["data"], blobs_lr=[1, 2])
    layer.append("blobs", make_blob(np.ones((2, 3), "f4"), legacy=True))
    return net
