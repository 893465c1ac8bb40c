"""Layers of forks, against what their papers and programs say, one number at a time."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import ConvolutionLayer, InterpLayer, MochaError, Neurons

from .nets import inputs, random, run
from .texts import DATA, layer, model


def layers_of(text: str) -> list[object]:
    return list(model(text).layers)


def one(kind: str, more: str = ""):
    return model(DATA + layer("y", kind, "data", "", more)).layers[-1]


def wired(kind: str, bottoms: list[str], tops: list[str], more: str = "") -> str:
    wires = " ".join([*(f'bottom: "{name}"' for name in bottoms), *(f'top: "{name}"' for name in tops)])
    return f'layer {{ name: "{tops[0]}" type: "{kind}" {wires} {more} }}\n'


@pytest.mark.parametrize("gate", [(2, 3), (2, 3, 1, 1)])
@pytest.mark.parametrize("backend", ["reference", "cpu"])
def test_axpy_scales_each_channel_of_each_sample(gate, backend):
    a, x, y = random(*gate), random(2, 3, 4, 5, seed=1), random(2, 3, 4, 5, seed=2)
    (found,) = run(wired("Axpy", ["a", "x", "y"], ["z"]), "z", backend=backend, a=a, x=x, y=y)
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(found[n, c], a.reshape(2, 3)[n, c] * x[n, c] + y[n, c], rtol=1e-14)


def test_the_gate_of_a_squeeze_and_excite_block():
    """As in waifu2x's upresnet10: the gate comes from a fully connected layer, so it is (num, channels)."""
    text = wired("Pooling", ["x"], ["pooled"], "pooling_param { pool: AVE global_pooling: true }")
    text += layer("gate", "Sigmoid", "pooled")
    text += wired("Axpy", ["gate", "x", "x"], ["y"])
    x = random(2, 3, 4, 5)
    (y,) = run(text, "y", x=x)
    gate = 1 / (1 + np.exp(-x.mean(axis=(2, 3), keepdims=True)))
    np.testing.assert_allclose(y, gate * x + x, rtol=1e-13)


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("height: 7 width: 9", (7, 9)),
        ("zoom_factor: 3", (13, 10)),
        ("shrink_factor: 2", (3, 2)),
        ("shrink_factor: 2 zoom_factor: 4", (9, 5)),
        ("shrink_factor: 2 zoom_factor: 4 height: 7 width: 9", (7, 9)),
        ("zoom_factor: 2 height: 7 width: 9", (9, 7)),
        ("height: 7 width: 9 pad_beg: -1 pad_end: -1", (7, 9)),
        ("zoom_factor: 2 pad_beg: -2 pad_end: -1", (3, 1)),
    ],
)
def test_interp_keeps_the_corners(said, size):
    x = random(2, 3, 5, 4)
    (y,) = run(layer("y", "Interp", "x", "", f"interp_param {{ {said} }}"), "y", x=x)
    begin, end = (2, 1) if "-2" in said else (1, 1) if "pad" in said else (0, 0)
    part = x[:, :, begin : 5 - end, begin : 4 - end]
    assert y.shape == (2, 3, *size)
    for i, j in np.ndindex(*size):
        places = zip((i, j), part.shape[2:], size, strict=True)
        at = [k * (side - 1) / (out - 1) if out > 1 else 0.0 for k, side, out in places]
        expected = 0.0
        for a, b in np.ndindex(*part.shape[2:]):
            expected += part[:, :, a, b] * max(0, 1 - abs(at[0] - a)) * max(0, 1 - abs(at[1] - b))
        np.testing.assert_allclose(y[:, :, i, j], expected, rtol=1e-12, atol=1e-13)


def test_interp_may_take_its_size_from_a_second_bottom():
    x, like = random(1, 3, 4, 5), random(1, 2, 7, 9)
    (y,) = run(wired("Interp", ["x", "like"], ["y"]), "y", x=x, like=like)
    assert y.shape == (1, 3, 7, 9)
    np.testing.assert_allclose(y[..., [0, -1], :][..., [0, -1]], x[..., [0, -1], :][..., [0, -1]], rtol=1e-14)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((6, 8), "scale: 2"),
        ((6, 8), "scale_h: 2 scale_w: 2"),
        ((5, 8), "scale: 2 pad_out_h: true"),
        ((5, 7), "scale: 2 pad_out_h: true pad_out_w: true"),
        ((5, 7), "upsample_h: 5 upsample_w: 7"),
        ((6, 8), "upsample_h: 6 upsample_w: 8 scale: 3"),
    ],
)
def test_upsample_puts_maxima_back(size, said):
    x = random(2, 3, *size)
    text = wired("Pooling", ["x"], ["pooled", "mask"], "pooling_param { kernel_size: 2 stride: 2 }")
    text += wired("Upsample", ["pooled", "mask"], ["y"], f"upsample_param {{ {said} }}")
    y, mask = run(text, "y", "mask", x=x)
    expected = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*mask.shape):
        place = divmod(int(mask[n, c, i, j]), size[1])
        expected[n, c, *place] = x[n, c, *place]
        assert x[n, c, *place] == x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    np.testing.assert_array_equal(y, expected)


def test_upsample_with_one_bottom_repeats():
    x = random(2, 3, 2, 3)
    (y,) = run(layer("y", "Upsample", "x", "", "upsample_param { scale: 3 }"), "y", x=x)
    np.testing.assert_array_equal(y, x.repeat(3, axis=2).repeat(3, axis=3))


def test_shuffle_channel():
    x = random(2, 6, 2, 2)
    (y,) = run(layer("y", "ShuffleChannel", "x", "", "shuffle_channel_param { group: 3 }"), "y", x=x)
    np.testing.assert_array_equal(y, x[:, [0, 2, 4, 1, 3, 5]])


def test_roi_pooling():
    x, rois = random(2, 3, 8, 8), np.array([[1, 16, 32, 80, 112], [0, 0, 0, 127, 127.0]])
    block = "roi_pooling_param { pooled_h: 2 pooled_w: 3 spatial_scale: 0.0625 }"
    (y,) = run(wired("ROIPooling", ["x", "rois"], ["y"], block), "y", x=x, rois=rois)
    assert y.shape == (2, 3, 2, 3)
    np.testing.assert_array_equal(y[0, :, 0, 0], x[1, :, 2:5, 1:3].max(axis=(1, 2)))
    np.testing.assert_array_equal(y[1, :, 1, 2], x[0, :, 4:, 5:].max(axis=(1, 2)))


def test_crop_center_cuts_at_both_ends():
    x = random(2, 5, 8, 9)
    block = "crop_center_param { crop_size: 0 crop_size: 1 crop_size: 2 crop_size: 3 }"
    (y,) = run(layer("y", "CropCenter", "x", "", block), "y", x=x)
    np.testing.assert_array_equal(y, x[:, 1:4, 2:6, 3:6])


def test_relu6():
    assert one("ReLU6").neuron == Neurons.Clip(0.0, 6.0)
    x = random(3, 40) * 8
    (y,) = run(layer("y", "ReLU6", "x"), "y", x=x)
    np.testing.assert_array_equal(y, np.minimum(np.maximum(x, 0), 6))


@pytest.mark.parametrize("kind", ["ConvolutionDepthwise", "DepthwiseConvolution"])
def test_depthwise_convolution(kind):
    made = one(kind, "convolution_param { num_output: 6 kernel_size: 3 }")
    assert isinstance(made, ConvolutionLayer)
    assert made.n_group == 3


def test_interp_without_pads_is_one_layer():
    made = one("Interp", "interp_param { zoom_factor: 2 }")
    assert made == InterpLayer(name="y", bottoms=["data"], tops=["y"], factor=(), steps=(1, 2), align_corners=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (layer("y", "Interp", "data"), "interp_param says no size"),
        (layer("y", "Interp", "data", "", "interp_param { zoom_factor: 2 pad_beg: 1 }"), "must not be positive"),
        (layer("y", "Interp", "data", "", 'interp_param { interp_type: "cubic" }'), "interp_type is 'cubic'"),
        (layer("y", "CropCenter", "data", "", "crop_center_param { crop_size: 1 }"), "needed for each of 4 axes"),
        (layer("y", "CropCenter", "data", "", "crop_center_param { crop_size: [0, 0, 4, 1] }"), "leave nothing"),
        (layer("y", "ROIPooling", "data"), "needs pooled_h and pooled_w"),
        (layer("y", "ShuffleChannel", "data", "", "shuffle_channel_param { group: 2 }"), "groups=2 divides"),
        (layer("y", "ReLU6", "data", "", "relu6_param { negative_slope: 0.1 }"), "negative_slope is 0.1"),
        (wired("Axpy", ["data", "data"], ["y"]), "it needs the bottoms a, x and y, not 2"),
        (wired("Axpy", ["data", "data", "data"], ["y"]), r"a, x and y are \(2, 3, 8, 6\)"),
        (inputs(z=(2, 3, 4, 3)) + wired("Upsample", ["data", "z"], ["y"]), "the second top of a max pooling"),
    ],
)
def test_what_is_refused_names_file_line_and_layer(text, said):
    with pytest.raises(MochaError, match=rf"net\.prototxt:\d:1: layer 'y' .*{said}"):
        model(DATA + text)
