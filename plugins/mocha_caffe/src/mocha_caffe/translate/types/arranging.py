"""Layers that join, cut and rearrange blobs."""

from __future__ import annotations

from mocha_core.layer import Layer
from mocha_core.layers import (
    ConcatLayer,
    FlattenLayer,
    PermuteLayer,
    ReshapeLayer,
    SliceLayer,
    SoftmaxLayer,
    SplitLayer,
    TileLayer,
)

from ..given import CaffeLayer
from ..registry import translates


@translates("Concat")
def concat(layer: CaffeLayer) -> Layer:
    """Along axis, or under its old name concat_dim."""
    block = layer.block("concat_param")
    axis = _axis(layer, block.axis, "axis" in block, block.concat_dim, "concat_dim" in block)
    return layer.make(ConcatLayer, axis=axis)


@translates("Slice")
def slices(layer: CaffeLayer) -> Layer:
    """Along axis, or under its old name slice_dim."""
    block = layer.block("slice_param")
    axis = _axis(layer, block.axis, "axis" in block, block.slice_dim, "slice_dim" in block)
    return layer.make(SliceLayer, axis=axis, slice_points=tuple(block.slice_point))


def _axis(layer: CaffeLayer, axis: int, has_axis: bool, old: int, has_old: bool) -> int:
    if has_axis and has_old:
        raise layer.refuse("axis is given under its old name, too; keep one of them")
    return old if has_old else axis


@translates("Split")
def split(layer: CaffeLayer) -> Layer:
    """One that somebody wrote; those that Caffe puts in are only other names."""
    return layer.make(SplitLayer)


@translates("Flatten", in_place=False)
def flatten(layer: CaffeLayer) -> Layer:
    """Axes axis ... end_axis become one."""
    block = layer.block("flatten_param")
    return layer.make(FlattenLayer, axis=block.axis, end_axis=block.end_axis)


@translates("Reshape")
def reshape(layer: CaffeLayer) -> Layer:
    """0 copies a size, -1 is what is left."""
    block = layer.block("reshape_param")
    return layer.make(ReshapeLayer, shape=tuple(block.shape.dim), axis=block.axis, num_axes=block.num_axes)


@translates("Permute")
def permute(layer: CaffeLayer) -> Layer:
    """SSD's: axes that are not named follow in their order."""
    order = tuple(layer.block("permute_param").order)
    others = tuple(axis for axis in range(len(layer.shape)) if axis not in order)
    return layer.make(PermuteLayer, order=order + others)


@translates("Tile")
def tile(layer: CaffeLayer) -> Layer:
    """The blob several times along an axis."""
    block = layer.block("tile_param")
    return layer.make(TileLayer, axis=block.axis, tiles=block.tiles)


@translates("Softmax")
def softmax(layer: CaffeLayer) -> Layer:
    """Along axis."""
    return layer.make(SoftmaxLayer, axis=layer.block("softmax_param").axis)
