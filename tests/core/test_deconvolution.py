"""DeconvolutionLayer."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core import BilinearInitializer, BlobSpec, ConvolutionLayer, DeconvolutionLayer, OptionError, ShapeError
from mocha_core.constraints import NoCons
from mocha_core.ops import along
from mocha_core.plan import ParamSpec
from mocha_core.random import Stream
from mocha_core.regularizers import NoRegu
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import Host, assert_gradient_is_slope, backward, forward, on_numpy_and_strict, parameters, plan

DECONV = DeconvolutionLayer(name="up", n_filter=6, kernel=(3, 2), bottoms=["x"], tops=["y"])
OPTIONS: list[dict[str, Any]] = [
    {},
    {"kernel": 1},
    {"stride": (2, 3), "pad": (1, 0)},
    {"pad": (2, 1), "dilation": (2, 3)},
    {"n_group": 2, "pad": 1, "stride": 2},
    {"bias": False, "dilation": 2},
]
on_options = pytest.mark.parametrize("options", OPTIONS, ids=str)


def by_loops(layer: DeconvolutionLayer, x: Host, weight: Host, bias: Host) -> Host:
    """Each element of x painted over its window of y, times the filter."""
    axes = x.ndim - 2
    kernel, stride, pad, dilation = (along(o, axes) for o in (layer.kernel, layer.stride, layer.pad, layer.dilation))
    sides = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    whole = np.zeros((len(x), layer.n_filter, *((n - 1) * s + (k - 1) * d + 1 for n, k, s, d in sides)))
    filters, channels = layer.n_filter // layer.n_group, x.shape[1] // layer.n_group
    for c, f in np.ndindex(x.shape[1], filters):
        for place in np.ndindex(*x.shape[2:]):
            for cell in np.ndindex(*kernel):
                at = tuple(j * s + p * d for j, s, p, d in zip(place, stride, cell, dilation, strict=True))
                whole[:, c // channels * filters + f, *at] += weight[c, f, *cell] * x[:, c, *place]
    inside = tuple(slice(p, size - p) for p, size in zip(pad, whole.shape[2:], strict=True))
    return whole[:, :, *inside] + bias.reshape(-1, *(1,) * axes)


@on_numpy_and_strict
@on_options
def test_values(xp: ModuleType, options: dict[str, Any]) -> None:
    layer, x = DECONV.replace(**options), grid((2, 4, 3, 5))
    params = parameters(layer, [x])
    expected = by_loops(layer, x, params["filter"], params.get("bias", np.zeros(6)))
    (y,) = forward(xp, layer, [x], params)
    np.testing.assert_allclose(y, expected, rtol=0, atol=tolerance("float64", 25, 25))


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((2, 4, 5), {"kernel": (3,), "stride": 2, "pad": 1}),
        ((2, 4, 3, 2, 3), {"kernel": (2, 3, 1), "stride": (1, 2, 2), "pad": (0, 1, 0), "n_group": 2}),
    ],
    ids=["1-d", "3-d"],
)
def test_other_numbers_of_axes(xp: ModuleType, shape: tuple[int, ...], options: dict[str, Any]) -> None:
    layer, x = DECONV.replace(**options), grid(shape)
    params = parameters(layer, [x])
    (y,) = forward(xp, layer, [x], params)
    expected = by_loops(layer, x, params["filter"], params["bias"])
    np.testing.assert_allclose(y, expected, rtol=0, atol=tolerance("float64", 25, 25))
    assert_gradient_is_slope(xp, layer, [x])


@on_numpy_and_strict
@on_options
def test_gradient_is_slope(xp: ModuleType, options: dict[str, Any]) -> None:
    assert_gradient_is_slope(xp, DECONV.replace(**options), [grid((2, 4, 3, 5))])


@on_numpy_and_strict
def test_gradients_are_summed_over_the_bottoms(xp: ModuleType) -> None:
    layer = DECONV.replace(bottoms=["a", "b"], tops=["c", "d"], pad=1)
    assert_gradient_is_slope(xp, layer, [grid((3, 2, 4, 5)), grid((3, 2, 4, 5), seed=1)])


@on_options
def test_it_is_the_adjoint_of_a_convolution(options: dict[str, Any]) -> None:
    """<conv x, y> = <x, deconv y>, with the same filter."""
    deconv = DECONV.replace(**options | {"bias": False})
    y = grid((2, 4, 3, 5))
    (back,) = forward(np, deconv, [y], params := parameters(deconv, [y]))
    same = {"kernel": deconv.kernel, "stride": deconv.stride, "pad": deconv.pad, "dilation": deconv.dilation}
    conv = ConvolutionLayer(
        name="conv", n_filter=4, n_group=deconv.n_group, bias=False, bottoms=["x"], tops=["y"], **same
    )
    x = grid(back.shape, seed=1)
    (ahead,) = forward(np, conv, [x], params)
    left, right = float(np.sum(ahead * y)), float(np.sum(x * back))
    assert abs(left - right) <= tolerance("float64", x.size, float(np.abs(x * back).sum()))


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_bilinear_filters_enlarge(factor: int) -> None:
    """Between the corners a plane is continued as the same plane; its samples lie in the middle of s x s pixels."""
    size = {"kernel": 2 * factor - factor % 2, "stride": factor, "pad": factor // 2}
    layer = DECONV.replace(n_filter=2, n_group=2, bias=False, **size)
    rows, columns = np.mgrid[:5.0, :6.0]
    x = np.stack([rows + 10 * columns, 3 - rows])[None]
    spec = ParamSpec("filter", (2, 1, *along(layer.kernel, 2)), BilinearInitializer(), NoRegu(), NoCons())
    (y,) = forward(np, layer, [x], {"filter": BilinearInitializer().values(spec, Stream(0, "up", "init"))})
    assert y.shape == (1, 2, 5 * factor, 6 * factor)
    down, right = ((np.arange(n) + 0.5) / factor - 0.5 for n in y.shape[2:])
    inner = (slice(None), slice(factor, -factor), slice(factor, -factor))
    expected = np.stack([down[:, None] + 10 * right, 3 - down[:, None] + 0 * right])
    np.testing.assert_allclose(y[0][inner], expected[inner], rtol=0, atol=tolerance("float64", 4, 60))


def test_unwanted_gradient_is_not_computed() -> None:
    (dx,), dparams = backward(np, DECONV, [grid((2, 3, 4, 5))], [grid((2, 6, 6, 6))], wants=(False,))
    assert dx is None
    assert dparams.keys() == {"filter", "bias"}


def test_parameters() -> None:
    weight, bias = plan(DECONV.replace(n_group=2), [np.zeros((2, 4, 7, 8))]).params
    assert (weight.name, weight.shape, weight.rate) == ("filter", (4, 3, 3, 2), 1.0)
    assert (weight.fan_in, weight.fan_out) == (2 * 3 * 2, 3 * 3 * 2)
    assert (bias.name, bias.shape, bias.rate) == ("bias", (6,), 2.0)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"kernel": 0}, "layer 'up': kernel is a whole number of at least 1"),
        ({"n_group": 4}, "n_group=4 must divide n_filter=6"),
        ({"tops": ["a", "b"]}, "one top per bottom"),
        ({"stride": (1, 1, 1)}, "different numbers of axes"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        DECONV.replace(**options)


@pytest.mark.parametrize(
    ("shape", "options", "text"),
    [
        ((2, 3, 7, 8), {"n_group": 2}, "n_group=2 does not divide the 3 channels of 2 x 3 x 7 x 8"),
        ((2, 3, 1, 1), {"pad": 2}, "pad 2 leaves -1 x -2 of the images; take a smaller pad"),
        ((2, 21), {}, r"'x' is 2 x 21, and the layer reads images"),
    ],
)
def test_bottoms_that_do_not_fit_are_refused(shape: tuple[int, ...], options: dict[str, Any], text: str) -> None:
    with pytest.raises(ShapeError, match=text):
        DECONV.replace(**options).plan((BlobSpec(shape),))
