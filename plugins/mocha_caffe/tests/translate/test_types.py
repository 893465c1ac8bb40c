"""Options of layers that the zoos do not have: forks' fields, older names, and what is refused."""

from __future__ import annotations

import pytest

from mocha_caffe.translate.registry import entry
from mocha_core import (
    ConvolutionLayer,
    DropoutLayer,
    IdentityLayer,
    LRNLayer,
    LRNMode,
    MochaError,
    Neurons,
    PermuteLayer,
    Pooling,
    PoolingLayer,
    SoftmaxLayer,
    StochasticPoolingLayer,
)

from .texts import DATA, layer, model

LABEL = 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }\n'
IP = layer("ip", "InnerProduct", "data", "", "inner_product_param { num_output: 3 }")


def one(kind: str, more: str = "", top: str = "y"):
    return model(DATA + layer("y", kind, "data", top, more)).layers[-1]


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("kernel_size: 3", {}),
        ("kernel_size: 3 round_mode: FLOOR", {"round_mode": "floor"}),
        ("kernel_size: 3 ceil_mode: false", {"round_mode": "floor"}),
        ("kernel_h: 3 kernel_w: 3 stride_h: 1 stride_w: 2", {"kernel": (3, 3), "stride": (1, 2)}),
        ("global_pooling: true kernel_size: 7", {"global_pooling": True, "kernel": 1}),
    ],
)
def test_pooling(said, options):
    expected = {"name": "y", "bottoms": ["data"], "tops": ["y"], "kernel": 3, **options}
    assert one("Pooling", f"pooling_param {{ {said} }}") == PoolingLayer(pooling=Pooling.Max(), **expected)


def test_mean_pooling_divides_as_caffe_does():
    assert one("Pooling", "pooling_param { pool: AVE kernel_size: 2 }").divisor == "window"


def test_stochastic_pooling():
    assert isinstance(one("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }"), StochasticPoolingLayer)


@pytest.mark.parametrize("said", ["dilation: 2", "hole: 2", "hole_h: 2 hole_w: 2"])
def test_dilation_under_its_old_names(said):
    made = one("Convolution", f"convolution_param {{ num_output: 2 kernel_size: 2 {said} }}")
    assert made.grid((2, 3, 8, 6)).axes[0].dilation == 2


def test_depthwise_convolution_has_a_group_for_each_channel():
    made = one("ConvolutionDepthwise", "convolution_param { num_output: 6 kernel_size: 3 }")
    assert isinstance(made, ConvolutionLayer)
    assert made.n_group == 3


def test_lrn_within_channels_has_no_k():
    made = one("LRN", "lrn_param { local_size: 3 alpha: 2 k: 5 norm_region: WITHIN_CHANNEL }")
    assert made == LRNLayer(
        name="y", bottoms=["data"], tops=["y"], kernel=3, scale=2.0, mode=LRNMode.WithinChannel()
    )


def test_dropout():
    assert one("Dropout", "dropout_param { dropout_ratio: 0.5 scale_train: false }") == DropoutLayer(
        name="y", bottoms=["data"], tops=["y"], auto_scale=False
    )
    assert isinstance(one("Dropout", "dropout_param { dropout_ratio: 0 }"), IdentityLayer)


def test_a_leaky_rectifier():
    assert one("ReLU", "relu_param { negative_slope: 0.25 }").neuron == Neurons.LReLU(0.25)


def test_permute_keeps_axes_that_are_not_named_in_their_order():
    made = one("Permute", "permute_param { order: 0 order: 2 }")
    assert made == PermuteLayer(name="y", bottoms=["data"], tops=["y"], order=(0, 2, 1, 3))


def test_the_second_top_of_a_softmax_loss_is_the_softmax():
    loss = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" top: "prob" }'
    found = model(DATA + IP + LABEL + loss)
    assert isinstance(found.layers[-1], SoftmaxLayer)
    assert found.blobs == {**found.blobs, "loss": "loss", "prob": "prob"}


def test_the_second_top_of_accuracy_is_that_of_each_class():
    text = 'layer { name: "acc" type: "Accuracy" bottom: "ip" bottom: "label" top: "acc" top: "each" }'
    found = model(DATA + IP + LABEL + text)
    assert [(each.name, each.per_class, each.ties) for each in found.layers[-2:]] == [
        ("acc", False, "last"),
        ("each", True, "last"),
    ]
    assert found.blobs["each"] == "each"


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("Convolution", "convolution_param { kernel_size: 3 }", "no num_output"),
        ("Convolution", "convolution_param { num_output: 2 }", "no kernel_size"),
        ("Convolution", "convolution_param { num_output: 2 kernel_size: [1, 2, 3] }", "kernel_size is there 3 times"),
        ("Convolution", "convolution_param { num_output: 2 kernel_size: 1 axis: 0 }", "the channels are on axis 0"),
        ("InnerProduct", "", "num_output is missing"),
        ("Pooling", "", "neither kernel_size nor global_pooling"),
        ("Concat", "concat_param { axis: 1 concat_dim: 1 }", "under its old name, too"),
        ("Eltwise", "eltwise_param { coeff: 1 coeff: 2 }", "2 coeff for 1 bottoms"),
        ("Eltwise", "eltwise_param { operation: PROD coeff: 1 }", "coeff are the factors of a sum, not of a PROD"),
        ("LRN", "lrn_param { local_size: 4 }", "local_size is odd, .* not 4"),
        ("LRN", "lrn_param { local_size: 2 norm_region: WITHIN_CHANNEL }", "local_size is odd, .* not 2"),
        ("Softmax", "softmax_param { axis: 7 }", "axis 7 does not exist"),
        ("Power", "power_param { scale: inf }", "scale is a finite number, not inf"),
    ],
)
def test_what_is_refused_names_file_line_and_layer(kind, more, said):
    with pytest.raises(MochaError, match=rf"net\.prototxt:2:1: layer 'y' .*{said}"):
        one(kind, more)


@pytest.mark.parametrize("kind", ["Convolution", "Deconvolution", "InnerProduct", "Permute", "Eltwise", "ReLU"])
def test_a_layer_that_reads_nothing_is_refused(kind):
    block = "convolution_param { num_output: 2 kernel_size: 1 } inner_product_param { num_output: 2 }"
    with pytest.raises(MochaError, match=r"net\.prototxt:1:1: layer 'y' .*bottom"):
        model(f'layer {{ name: "y" type: "{kind}" top: "y" {block} }}')


REGISTRY = (
    "AbsVal Accuracy ArgMax BNLL BatchNorm BatchReindex Bias Clip Concat ContrastiveLoss Convolution Crop Data "
    "Deconvolution Dropout DummyData ELU Eltwise Embed EuclideanLoss Exp Filter Flatten HDF5Data HDF5Output HingeLoss "
    "Im2col ImageData InfogainLoss InnerProduct Input LRN LSTM LSTMUnit Log MVN MemoryData MultinomialLogisticLoss "
    "PReLU Parameter Pooling Power RNN ReLU Reduction Reshape SPP Scale Sigmoid SigmoidCrossEntropyLoss Silence Slice "
    "Softmax SoftmaxWithLoss Split Swish TanH Threshold Tile WindowData"
)


def test_every_type_of_caffes_registry_is_translated():
    """All but Python, which is what the user registers."""
    assert [name for name in REGISTRY.split() if entry(name) is None] == []
