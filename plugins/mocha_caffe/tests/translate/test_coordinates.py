"""The oldest Crop, without an offset: it follows from where the pixels of both bottoms lie on each other."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core import ShapeError

from .nets import inputs, run
from .texts import DATA, layer, model

SIDE = 48


def conv(name: str, bottom: str, kernel: int, pad: int = 0, stride: int = 1, dilation: int = 1) -> str:
    """The mean of each window."""
    share = 1 / kernel**2
    block = f"num_output: 1 kernel_size: {kernel} pad: {pad} stride: {stride} dilation: {dilation} bias_term: false"
    return layer(name, "Convolution", bottom, "", f"convolution_param {{ {block} weight_filler {{ value: {share} }} }}")


def pool(name: str, bottom: str, kernel: int = 2, stride: int = 2, pad: int = 0) -> str:
    block = f"pool: AVE kernel_size: {kernel} stride: {stride} pad: {pad}"
    return layer(name, "Pooling", bottom, "", f"pooling_param {{ {block} }}")


def up(name: str, bottom: str, kernel: int, stride: int, pad: int = 0) -> str:
    block = f"num_output: 1 kernel_size: {kernel} stride: {stride} pad: {pad} bias_term: false"
    filler = "weight_filler { type: 'bilinear' }"
    return layer(name, "Deconvolution", bottom, "", f"convolution_param {{ {block} {filler} }}")


def crop(bottom: str, like: str = "x", more: str = "") -> str:
    return f'layer {{ name: "crop" type: "Crop" bottom: "{bottom}" bottom: "{like}" top: "crop" {more} }}\n'


def offsets(text: str, side: int = SIDE) -> tuple[int, ...]:
    return tuple(model(inputs(x=(1, 1, side, side)) + text).layers[-1].offsets)


NETS = {
    "one convolution": (conv("a", "x", 3, 35) + crop("a"), 34),
    "pooled and enlarged": (conv("a", "x", 3, 20) + pool("p", "a") + up("u", "p", 4, 2) + crop("u"), 20),
    "twice": (conv("a", "x", 5, 20) + pool("p", "a") + pool("q", "p") + up("u", "q", 8, 4) + crop("u"), 20),
    "apart": (conv("a", "x", 3, 20, dilation=3) + crop("a"), 17),
    "a deconvolution with a pad": (conv("a", "x", 1, 9) + pool("p", "a") + up("u", "p", 4, 2, 1) + crop("u"), 9),
}
HALF = conv("a", "x", 1, 9) + pool("p", "a", 3, 2, 1) + up("u", "p", 4, 2) + crop("u")


@pytest.mark.parametrize("name", NETS)
def test_offsets(name):
    text, offset = NETS[name]
    assert offsets(text) == (offset, offset)


@pytest.mark.parametrize("name", NETS)
def test_a_ramp_comes_out_where_it_went_in(name):
    """Every layer here keeps a ramp a ramp: so what is cropped must be the input again, away from the border."""
    ramp = np.arange(SIDE) + 100 * np.arange(SIDE)[:, None]
    (y,) = run(NETS[name][0], "crop", x=ramp.reshape(1, 1, SIDE, SIDE).astype(float))
    inner = slice(12, SIDE - 12)
    np.testing.assert_allclose(y[0, 0, inner, inner], ramp[inner, inner], rtol=1e-7)  # fillers are floats


def hed() -> str:
    """The side outputs of HED: VGG's convolutions with a first pad of 35, a 1 x 1 score each, enlarged, cropped."""
    text, blob = "", "x"
    for stage, count in enumerate((2, 2, 3, 3, 3), start=1):
        if stage > 1:
            text, blob = text + pool(f"pool{stage}", blob), f"pool{stage}"
        for k in range(1, count + 1):
            name = f"conv{stage}_{k}"
            text, blob = text + conv(name, blob, 3, 35 if name == "conv1_1" else 1), name
            text += layer(f"relu{stage}_{k}", "ReLU", blob, blob)
        score, wide = f"score{stage}", f"wide{stage}"
        text += conv(score, blob, 1)
        text += up(wide, score, 2**stage, 2 ** (stage - 1)) if stage > 1 else layer(wide, "Power", score)
        text += f'layer {{ name: "crop{stage}" type: "Crop" bottom: "{wide}" bottom: "x" top: "crop{stage}" }}\n'
    return text


def test_hed():
    found = {each.name: each for each in model(inputs(x=(1, 1, 100, 120)) + hed()).layers}
    assert [found[f"crop{stage}"].offsets for stage in range(1, 6)] == [(n, n) for n in (34, 35, 36, 38, 42)]


def test_what_is_done_is_said(caplog):
    with caplog.at_level(logging.WARNING, "mocha"):
        offsets(NETS["one convolution"][0])
    assert "layer 'crop' (Crop): says no offset" in caplog.text
    assert "34 and 34. Today's Caffe would take 0; for that write crop_param { offset: 0 }" in caplog.text


@pytest.mark.parametrize(
    ("more", "expected"),
    [("crop_param { offset: 0 }", (0,)), ("crop_param { axis: 2 }", ()), ("crop_param { offset: 5 }", (5,))],
)
def test_what_the_file_says_counts(more, expected):
    assert offsets(conv("a", "x", 3, 35) + crop("a", more=more)) == expected


@pytest.mark.parametrize(
    "text",
    [
        HALF,
        pool("p", "x") + up("u", "x", 2, 1) + crop("u"),
        pool("p", "x") + crop("x", "p"),
        layer("a", "Interp", "x", "", "interp_param { height: 60 width: 60 }") + crop("a"),
        inputs(z=(1, 1, 60, 60)) + crop("z"),
        conv("a", "x", 3, 1) + crop("a"),
    ],
    ids=["half a pixel", "no room", "other sizes of pixels", "unknown geometry", "no relation", "nothing to cut"],
)
def test_where_nothing_follows_it_is_todays_crop(text):
    assert offsets(text) == ()


def test_a_crop_on_the_way_counts_with_its_own_offset():
    first = 'layer { name: "c" type: "Crop" bottom: "a" bottom: "b" top: "c" crop_param { offset: 3 } }\n'
    text = conv("a", "x", 1, 10) + conv("b", "x", 1, 5) + first + crop("c")
    assert offsets(text) == (7, 7)


def test_a_crop_that_does_not_fit_is_an_error_with_its_place():
    with pytest.raises(ShapeError, match=r"net\.prototxt:3:1: layer 'crop' .*leaves"):
        model(DATA + inputs(z=(2, 3, 9, 6)) + crop("data", "z"))
