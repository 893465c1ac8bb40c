"""ConvolutionLayer."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.convolution import ConvolutionLayer
from mocha_core.ops import along
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import Host, assert_gradient_is_slope, backward, forward, on_numpy_and_strict, parameters, plan

CONV = ConvolutionLayer(name="conv", n_filter=6, kernel=(3, 2), bottoms=["x"], tops=["y"])
OPTIONS: list[dict[str, Any]] = [
    {},
    {"kernel": 1},
    {"stride": (2, 3), "pad": (1, 0)},
    {"pad": (2, 3), "dilation": (2, 3)},
    {"n_group": 2, "pad": 1, "stride": 2},
    {"bias": False, "dilation": 2},
]
on_options = pytest.mark.parametrize("options", OPTIONS, ids=str)


def by_loops(layer: ConvolutionLayer, x: Host, weight: Host, bias: Host) -> Host:
    """The formula of the docstring, window by window."""
    sizes = (layer.kernel, layer.stride, layer.pad, layer.dilation)
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = (along(size, 2) for size in sizes)
    padded = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)])
    rows = (padded.shape[2] - (kh - 1) * dh - 1) // sh + 1
    columns = (padded.shape[3] - (kw - 1) * dw - 1) // sw + 1
    y = np.empty((len(x), layer.n_filter, rows, columns))
    channels, filters = x.shape[1] // layer.n_group, layer.n_filter // layer.n_group
    for f, j, k in np.ndindex(layer.n_filter, rows, columns):
        group = f // filters
        seen = padded[:, group * channels : (group + 1) * channels]
        window = seen[:, :, j * sh : j * sh + (kh - 1) * dh + 1 : dh, k * sw : k * sw + (kw - 1) * dw + 1 : dw]
        y[:, f, j, k] = (window * weight[f]).sum(axis=(1, 2, 3)) + bias[f]
    return y


@on_numpy_and_strict
@on_options
def test_values(xp: ModuleType, options: dict[str, Any]) -> None:
    layer, x = CONV.replace(**options), grid((2, 4, 7, 8))
    params = parameters(layer, [x])
    expected = by_loops(layer, x, params["filter"], params.get("bias", np.zeros(6)))
    (y,) = forward(xp, layer, [x], params)
    np.testing.assert_allclose(y, expected, rtol=0, atol=tolerance("float64", 25, 25))


@on_numpy_and_strict
@on_options
def test_gradient_is_slope(xp: ModuleType, options: dict[str, Any]) -> None:
    assert_gradient_is_slope(xp, CONV.replace(**options), [grid((2, 4, 7, 8))])


@on_numpy_and_strict
def test_gradients_are_summed_over_the_bottoms(xp: ModuleType) -> None:
    layer = CONV.replace(bottoms=["a", "b"], tops=["c", "d"], pad=1)
    assert_gradient_is_slope(xp, layer, [grid((3, 2, 4, 5)), grid((3, 2, 4, 5), seed=1)])


@on_numpy_and_strict
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_element_type(xp: ModuleType, dtype: str) -> None:
    x = grid((2, 3, 4, 5)).astype(dtype)
    (y,) = forward(xp, CONV, [x])
    (dx,), dparams = backward(xp, CONV, [x], [y])
    assert {g.dtype.name for g in (dx, *dparams.values()) if g is not None} == {dtype}


def test_unwanted_gradient_is_not_computed() -> None:
    (dx,), dparams = backward(np, CONV, [grid((2, 3, 4, 5))], [grid((2, 6, 2, 4))], wants=(False,))
    assert dx is None
    assert dparams.keys() == {"filter", "bias"}


def test_parameters() -> None:
    weight, bias = plan(CONV.replace(n_group=2), [np.zeros((2, 4, 7, 8))]).params
    assert (weight.name, weight.shape, weight.rate) == ("filter", (6, 2, 3, 2), 1.0)
    assert (weight.fan_in, weight.fan_out) == (2 * 3 * 2, 3 * 3 * 2)
    assert (bias.name, bias.shape, bias.rate) == ("bias", (6,), 2.0)


def test_an_integer_is_for_all_axes() -> None:
    x = [np.zeros((2, 3, 7, 8))]
    assert plan(CONV.replace(kernel=3, pad=[1, 2]), x) == plan(CONV.replace(kernel=(3, 3), pad=(1, 2)), x)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"kernel": 0}, "layer 'conv': kernel is a whole number of at least 1"),
        ({"pad": -1}, "layer 'conv': pad is a whole number of at least 0"),
        ({"n_group": 4}, "n_group=4 must divide n_filter=6"),
        ({"n_filter": 0}, "at least 1"),
        ({"pad": (1, 1, 1)}, r"kernel=\(3, 2\) and pad=\(1, 1, 1\) are for different numbers of axes"),
        ({"tops": ["a", "b"]}, "one top per bottom"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        CONV.replace(**options)


@pytest.mark.parametrize(
    ("shape", "options", "text"),
    [
        ((2, 3, 7, 8), {"n_group": 2}, "n_group=2 does not divide the 3 channels of 2 x 3 x 7 x 8"),
        ((2, 3, 2, 8), {}, r"a kernel \(3, 2\) .* does not fit on 2 x 8 images"),
        ((2, 3, 4, 8), {"dilation": 2}, "does not fit on 4 x 8 images"),
        ((2, 21), {}, r"'x' is 2 x 21, and the layer reads images \(num, channels, height, width\)"),
        ((2, 3, 7), {}, r"'x' is 2 x 3 x 7, and the layer reads images \(num, channels, height, width\)"),
        ((2, 3, 7), {"kernel": (1, 1, 1)}, r"images \(num, channels, depth, height, width\)"),
        ((2, 21), {"kernel": 1}, r"images \(num, channels, and at least one axis more\)"),
    ],
)
def test_bottoms_that_do_not_fit_are_refused(shape: tuple[int, ...], options: dict[str, Any], text: str) -> None:
    with pytest.raises(ShapeError, match=text):
        CONV.replace(**options).plan((BlobSpec(shape),))


def test_bottoms_have_one_shape() -> None:
    layer = CONV.replace(bottoms=["a", "b"], tops=["c", "d"])
    with pytest.raises(ShapeError, match="one shape, not 2 x 3 x 4 x 5 and 2 x 3 x 5 x 4"):
        layer.plan((BlobSpec((2, 3, 4, 5)), BlobSpec((2, 3, 5, 4))))
