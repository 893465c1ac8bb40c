"""Layers that put numbers elsewhere."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from mocha_core.layers import (
    ConcatLayer,
    CropLayer,
    DropoutLayer,
    FlattenLayer,
    IdentityLayer,
    ParameterLayer,
    PermuteLayer,
    RandomMaskLayer,
    ReshapeLayer,
    ShuffleChannelLayer,
    SliceLayer,
    SplitLayer,
    TileLayer,
)
from mocha_core.ops import pair

from ..graph import Value
from ..place import Place
from ..registry import translates


@translates(IdentityLayer)
def identity(layer: Any, at: Place) -> list[Value]:
    """The same under another name."""
    return [at.op("Identity", x) for x in at.xs]


# In the phase of prediction these do nothing.
translates(DropoutLayer)(identity)
translates(RandomMaskLayer)(identity)


@translates(SplitLayer)
def split(layer: SplitLayer, at: Place) -> list[Value]:
    """The same under several names."""
    return [at.op("Identity", at.xs[0]) for _ in layer.tops]


@translates(ConcatLayer)
def concat(layer: ConcatLayer, at: Place) -> list[Value]:
    """One after the other along the axis."""
    return [at.op("Concat", *at.xs, axis=layer.axis)]


@translates(SliceLayer)
def slices(layer: SliceLayer, at: Place) -> list[Value]:
    """Pieces along the axis."""
    axis = layer.axis % len(at.dims[0])
    size = at.size(axis)
    step = size // len(layer.tops)
    ends = [*layer.slice_points] or [*range(step, step * len(layer.tops), step)]
    sizes = at.graph.integers(*(stop - start for start, stop in pairwise([0, *ends, size])))
    return list(at.graph.ops("Split", at.xs[0], sizes, count=len(layer.tops), axis=axis))


@translates(TileLayer)
def tile(layer: TileLayer, at: Place) -> list[Value]:
    """Repeated along the axis."""
    return [at.op("Tile", x, _repeats(layer, len(dims), at)) for x, dims in zip(at.xs, at.dims, strict=True)]


def _repeats(layer: TileLayer, axes: int, at: Place) -> Value:
    return at.graph.integers(*(layer.tiles if axis == layer.axis % axes else 1 for axis in range(axes)))


@translates(FlattenLayer)
def flatten(layer: FlattenLayer, at: Place) -> list[Value]:
    """Several axes as one."""
    return _reshaped(at)


@translates(ReshapeLayer)
def reshape(layer: ReshapeLayer, at: Place) -> list[Value]:
    """The shape of the top."""
    return _reshaped(at)


def _reshaped(at: Place) -> list[Value]:
    return [at.reshape(x, dims) for x, dims in zip(at.xs, at.top_dims, strict=True)]


@translates(PermuteLayer)
def permute(layer: PermuteLayer, at: Place) -> list[Value]:
    """Axes in another order."""
    return [at.op("Transpose", x, perm=list(layer.order)) for x in at.xs]


@translates(ShuffleChannelLayer)
def shuffle_channel(layer: ShuffleChannelLayer, at: Place) -> list[Value]:
    """Groups and channels as two axes, exchanged."""
    return [_dealt(layer.groups, at, k) for k in range(len(at.xs))]


def _dealt(groups: int, at: Place, k: int) -> Value:
    num, channels, *image = at.dims[k]
    parts = at.reshape(at.xs[k], (num, groups, at.size(1, k) // groups, *image))
    turned = at.op("Transpose", parts, perm=[0, 2, 1, *range(3, 3 + len(image))])
    return at.reshape(turned, (num, channels, *image))


@translates(CropLayer)
def crop(layer: CropLayer, at: Place) -> list[Value]:
    """From the centre."""
    part = pair(layer.crop_size)
    starts = [[(have - want) // 2 for have, want in zip(x.shape[2:], part, strict=True)] for x in at.bottoms]
    return [cut(at, x, (2, 3), start, part) for x, start in zip(at.xs, starts, strict=True)]


def cut(at: Place, x: Value, axes: Any, starts: Any, sizes: Any) -> Value:
    """The part of x that begins at `starts` and has these sizes along the axes."""
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    return at.op("Slice", x, *(at.graph.integers(*numbers) for numbers in (starts, ends, axes)))


@translates(ParameterLayer)
def parameter(layer: ParameterLayer, at: Place) -> list[Value]:
    """A constant."""
    return [at.op("Identity", at.constant(at.array("value").astype(np.float32)))]
