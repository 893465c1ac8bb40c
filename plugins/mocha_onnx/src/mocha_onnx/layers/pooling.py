"""Pooling with Caffe's sizes and divisors, which ONNX's own rules do not have: the padding is written out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.layers import ChannelPoolingLayer, PoolingLayer, StochasticPoolingLayer
from mocha_core.ops import Axis, Grid
from mocha_core.pooling import Max, Mean, PoolingFunction

from ..graph import Value
from ..place import Place
from ..registry import translates


def windows(grid: Grid) -> dict[str, list[int]]:
    """Kernel, strides, and the padding that makes ONNX see exactly the windows of the grid.

    >>> windows(Grid.pooling((6,), kernel=3, stride=2))
    {'kernel_shape': [3], 'strides': [2], 'pads': [0, 1]}
    """
    axes = grid.axes
    return {
        "kernel_shape": [axis.kernel for axis in axes],
        "strides": [axis.stride for axis in axes],
        "pads": [*(axis.pad for axis in axes), *(axis.padded - axis.pad - axis.size for axis in axes)],
    }


def mean(at: Place, x: Value, grid: Grid) -> Value:
    """The mean over the full kernel, padding counting as zero."""
    return at.op("AveragePool", x, count_include_pad=1, **windows(grid))


def maximum(at: Place, x: Value, grid: Grid) -> Value:
    """The largest cell of each window."""
    return at.op("MaxPool", x, **windows(grid))


def pooled(at: Place, x: Value, grid: Grid, function: PoolingFunction, areas: Any) -> Value:
    """A value for each window. areas: what a mean divides by."""
    if isinstance(function, Max):
        return maximum(at, x, grid)
    if not isinstance(function, Mean):
        raise at.refuse(f"there is no translation of {function!r}")
    factor = grid.cells / np.asarray(areas, np.float32)
    y = mean(at, x, grid)
    return y if (factor == 1).all() else y * at.constant(factor[None, None])


@translates(PoolingLayer)
def pooling(layer: PoolingLayer, at: Place) -> list[Value]:
    """Maxima or means; of maxima also where they are."""
    if layer.global_pooling and not layer.mask:
        op = "GlobalMaxPool" if isinstance(layer.pooling, Max) else "GlobalAveragePool"
        return [at.op(op, x) for x in at.xs]
    grids = [layer.grid(spec.shape) for spec in at.bottoms]
    if layer.mask:
        found = [_with_places(at, x, grid) for x, grid in zip(at.xs, grids, strict=True)]
        return [y for y, _ in found] + [places for _, places in found]
    return [pooled(at, x, g, layer.pooling, layer.areas(g)) for x, g in zip(at.xs, grids, strict=True)]


def _with_places(at: Place, x: Value, grid: Grid) -> tuple[Value, Value]:
    """ONNX counts places through all images; Mocha within each."""
    y, places = at.graph.ops("MaxPool", x, count=2, **windows(grid))
    within = at.op("Mod", places, at.constant(np.int64(math.prod(grid.size))))
    return y, at.cast(within, np.float32)


@translates(StochasticPoolingLayer)
def stochastic_pooling(layer: StochasticPoolingLayer, at: Place) -> list[Value]:
    """In testing, sum x^2 / sum x, or 0 where nothing is added up."""
    return [_weighted(at, x, layer.grid(spec.shape)) for x, spec in zip(at.xs, at.bottoms, strict=True)]


def _weighted(at: Place, x: Value, grid: Grid) -> Value:
    cells = float(grid.cells)
    total, squares = mean(at, x, grid) * cells, mean(at, x * x, grid) * cells
    none = at.op("Equal", total, at.graph.wrap(0.0))
    return squares / at.op("Where", none, at.graph.wrap(1.0), total)


@translates(ChannelPoolingLayer)
def channel_pooling(layer: ChannelPoolingLayer, at: Place) -> list[Value]:
    """The axis as the height of images, what lies behind it as their width."""
    return [_along(layer, at, k) for k in range(len(at.xs))]


def _along(layer: ChannelPoolingLayer, at: Place, k: int) -> Value:
    shape = at.bottoms[k].shape
    axis = layer.axis % len(shape)
    size, after = at.size(axis, k), math.prod(shape[axis + 1 :])
    front = layer.pad[0] if isinstance(layer.pad, tuple) else int(layer.pad)  # type: ignore[arg-type]
    out = at.top_dims[k][axis] or 0
    grid = Grid((Axis(size, out, layer.kernel, layer.stride, front), Axis.convolution(after, kernel=1)))
    image = at.reshape(at.xs[k], (None, 1, size, after))
    y = pooled(at, image, grid, layer.pooling, np.full(grid.out, layer.kernel))
    return at.reshape(y, at.top_dims[k])
