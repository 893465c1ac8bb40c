"""Convolution and pooling of images with one axis, or three."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core import ConvolutionLayer, Layer, Pooling, PoolingLayer
from mocha_core.ops import along
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import Host, assert_gradient_is_slope, forward, on_numpy_and_strict, parameters

CONV = ConvolutionLayer(name="conv", n_filter=4, n_group=2, bottoms=["x"], tops=["y"])
POOL = PoolingLayer(name="pool", bottoms=["x"], tops=["y"])
CONVOLUTIONS: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((3, 4, 9), {"kernel": 3, "stride": 2, "pad": 1}),
    ((3, 4, 9), {"kernel": (2,), "dilation": 3}),
    ((2, 4, 4, 5, 3), {"kernel": (3, 2, 1), "stride": (1, 2, 1), "pad": (1, 0, 1), "dilation": (1, 2, 1)}),
    ((2, 4, 3, 3, 2), {"kernel": 2}),
    ((2, 4, 3, 2, 3, 2), {"kernel": 2}),
]
POOLINGS: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((3, 2, 9), {"kernel": 4, "stride": 3, "pad": 2}),
    ((2, 3, 4, 5, 3), {"kernel": (3, 2, 2), "stride": (2, 2, 1), "pad": (1, 0, 0)}),
]


def by_loops(layer: ConvolutionLayer, x: Host, weight: Host, bias: Host) -> Host:
    """One element of a window after the other."""
    axes = x.ndim - 2
    kernel, stride, pad, dilation = (along(o, axes) for o in (layer.kernel, layer.stride, layer.pad, layer.dilation))
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pad)])
    sides = zip(padded.shape[2:], kernel, stride, dilation, strict=True)
    y = np.zeros((len(x), layer.n_filter, *((n - (k - 1) * d - 1) // s + 1 for n, k, s, d in sides)))
    y += bias.reshape(-1, *(1,) * axes)
    inputs, outputs = x.shape[1] // layer.n_group, layer.n_filter // layer.n_group
    for f, c, *places in np.ndindex(layer.n_filter, inputs, *y.shape[2:], *kernel):
        at, cell = tuple(places[:axes]), tuple(places[axes:])
        seen = tuple(j * s + p * d for j, s, p, d in zip(at, stride, cell, dilation, strict=True))
        y[:, f, *at] += weight[f, c, *cell] * padded[:, f // outputs * inputs + c, *seen]
    return y


@on_numpy_and_strict
@pytest.mark.parametrize(("shape", "options"), CONVOLUTIONS, ids=str)
def test_convolution(xp: ModuleType, shape: tuple[int, ...], options: dict[str, Any]) -> None:
    layer, x = CONV.replace(**options), grid(shape)
    params = parameters(layer, [x])
    (y,) = forward(xp, layer, [x], params)
    np.testing.assert_allclose(y, by_loops(layer, x, **_named(params)), rtol=0, atol=tolerance("float64", 40, 40))


def _named(params: dict[str, Host]) -> dict[str, Host]:
    return {"weight": params["filter"], "bias": params["bias"]}


@pytest.mark.parametrize(("shape", "options"), CONVOLUTIONS, ids=str)
def test_gradient_of_convolution_is_slope(shape: tuple[int, ...], options: dict[str, Any]) -> None:
    assert_gradient_is_slope(np, CONV.replace(**options), [grid(shape)])


@on_numpy_and_strict
@pytest.mark.parametrize(("shape", "options"), POOLINGS, ids=str)
@pytest.mark.parametrize("divisor", ["kernel", "window"])
def test_pooling(xp: ModuleType, shape: tuple[int, ...], options: dict[str, Any], divisor: str) -> None:
    """Windows by slices of the image; what a mean by "window" divides by: the window less what sticks out."""
    x, axes = grid(shape), len(shape) - 2
    kernel, stride, pad = (along(options[o], axes) for o in ("kernel", "stride", "pad"))
    mean = POOL.replace(**options, pooling=Pooling.Mean(), divisor=divisor)
    (largest,), (average,) = forward(xp, POOL.replace(**options), [x]), forward(xp, mean, [x])
    for place in np.ndindex(*largest.shape[2:]):
        starts = [j * s - p for j, s, p in zip(place, stride, pad, strict=True)]
        ends = [min(start + k, size) for start, k, size in zip(starts, kernel, shape[2:], strict=True)]
        cells = x[:, :, *(slice(max(start, 0), end) for start, end in zip(starts, ends, strict=True))]
        window = cells.reshape(*shape[:2], -1)
        np.testing.assert_array_equal(largest[:, :, *place], window.max(axis=-1))
        reach = zip(starts, kernel, shape[2:], pad, strict=True)
        within = np.prod([min(start + k, size + p) - start for start, k, size, p in reach])
        area = np.prod(kernel) if divisor == "kernel" else within
        allowed = tolerance("float64", 20, 1.0)
        np.testing.assert_allclose(average[:, :, *place], window.sum(axis=-1) / area, rtol=0, atol=allowed)


@pytest.mark.parametrize("layer", [POOL, POOL.replace(pooling=Pooling.Mean(), divisor="window")], ids=repr)
@pytest.mark.parametrize(("shape", "options"), POOLINGS, ids=str)
def test_gradient_of_pooling_is_slope(layer: Layer, shape: tuple[int, ...], options: dict[str, Any]) -> None:
    assert_gradient_is_slope(np, layer.replace(**options), [grid(shape)])
