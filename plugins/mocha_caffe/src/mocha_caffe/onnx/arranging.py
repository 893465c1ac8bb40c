"""Layers that put numbers elsewhere, pool and normalise them."""

from __future__ import annotations

import numpy as np

from mocha_core.ops import Grid
from mocha_onnx.graph import Value
from mocha_onnx.layers.arranging import cut
from mocha_onnx.layers.pooling import pooled, windows
from mocha_onnx.place import Place

from ..layers import CropLikeLayer, Im2colLayer, NormalizeLayer, SPPLayer, TrimLayer

END = 2**31 - 1
"""Beyond the end of every axis."""


def crop_like(layer: CropLikeLayer, at: Place) -> list[Value]:
    """Cut along the axes that become shorter; the sizes are those that the net was planned for."""
    (x, like), axes = at.bottoms, len(at.dims[0])
    first = layer.axis % axes
    starts = layer.offsets if len(layer.offsets) > 1 else (*layer.offsets, 0)[:1] * (axes - first)
    cuts = [(k, o) for k, o in enumerate(starts, first) if o or x.shape[k] != like.shape[k]]
    if not cuts:
        return [at.op("Identity", at.xs[0])]
    sizes = [at.size(axis, 1) for axis, _ in cuts]
    return [cut(at, at.xs[0], [axis for axis, _ in cuts], [offset for _, offset in cuts], sizes)]


def trim(layer: TrimLayer, at: Place) -> list[Value]:
    """Cut at both ends of the last axes."""
    ends = [-end if end else END for end in layer.end]
    axes = range(len(at.dims[0]) - len(ends), len(at.dims[0]))
    return [at.op("Slice", at.xs[0], *(at.graph.integers(*numbers) for numbers in (layer.begin, ends, axes)))]


def im2col(layer: Im2colLayer, at: Place) -> list[Value]:
    """A convolution of each channel for itself, with filters that show one cell each."""
    return [_cells(layer, at, k, layer.grid(spec.shape)) for k, spec in enumerate(at.bottoms)]


def _cells(layer: Im2colLayer, at: Place, k: int, grid: Grid) -> Value:
    channels = at.size(1, k)
    each = np.eye(grid.cells, dtype=np.float32).reshape(grid.cells, 1, *grid.kernel)
    filters = at.constant(np.concatenate([each] * channels))
    dilations = [axis.dilation for axis in grid.axes]
    sizes = windows(grid) | {"pads": [axis.pad for axis in grid.axes] * 2}
    return at.op("Conv", at.xs[k], filters, group=channels, dilations=dilations, **sizes)


def spp(layer: SPPLayer, at: Place) -> list[Value]:
    """A pooling for each level, flattened and joined."""
    (x,), grids = at.xs, layer.grids(at.bottoms[0].shape)
    levels = [at.flattened(pooled(at, x, grid, layer.pooling, grid.extents()), 1) for grid in grids]
    return [at.reshape(at.op("Concat", *levels, axis=1), at.top_dims[0])]


def normalize(layer: NormalizeLayer, at: Place) -> list[Value]:
    """scale x / sqrt(sum x^2 + eps)."""
    (x,), axes = at.xs, len(at.dims[0])
    total = at.reduce("ReduceSum", x * x, range(1, axes) if layer.across_spatial else [1])
    scale = at.param("scale", (1,) * axes if layer.channel_shared else (-1, *(1,) * (axes - 2)))
    return [scale * x / at.op("Sqrt", total + layer.eps)]
