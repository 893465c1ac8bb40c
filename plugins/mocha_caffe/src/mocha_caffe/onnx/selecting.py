"""Layers that pick out samples, or the largest numbers."""

from __future__ import annotations

import math

import numpy as np

from mocha_onnx.graph import Value
from mocha_onnx.place import Place

from ..layers import ArgMaxLayer, BatchReindexLayer, RowFilterLayer


def arg_max(layer: ArgMaxLayer, at: Place) -> list[Value]:
    """ONNX's TopK takes the first of equals, Caffe the last: so it is run from the end."""
    (x,), dims = at.xs, at.dims[0]
    if layer.axis is not None:
        axis = layer.axis % len(dims)
        positions, values = _largest(at, x, axis, at.size(axis), layer.top_k)
        return [values if layer.values else positions]
    both = _largest(at, at.flattened(x, 1), 1, math.prod(at.bottoms[0].shape[1:]), layer.top_k)
    return [at.reshape(at.op("Concat", *both[: 1 + layer.values], axis=1), at.top_dims[0])]


def _largest(at: Place, x: Value, axis: int, size: int, count: int) -> tuple[Value, Value]:
    """Positions, as floats, and values."""
    backwards = [at.graph.integers(number) for number in (-1, -size - 1, axis, -1)]
    turned = at.op("Slice", x, *backwards)
    values, places = at.graph.ops("TopK", turned, at.graph.integers(count), count=2, axis=axis)
    return float(size - 1) - at.cast(places, np.float32), values


def batch_reindex(layer: BatchReindexLayer, at: Place) -> list[Value]:
    """Samples by number."""
    x, which = at.xs
    return [at.op("Gather", x, at.whole(at.reshape(which, (None,))), axis=0)]


def row_filter(layer: RowFilterLayer, at: Place) -> list[Value]:
    """The samples with a flag, then the others, which are overwritten."""
    *xs, flags = at.xs
    flat = at.reshape(flags, (None,))
    dropped = at.op("Equal", flat, at.graph.wrap(0.0))
    parts = (at.op("NonZero", flag) for flag in (at.op("Not", dropped), dropped))
    order = at.reshape(at.op("Concat", *parts, axis=1), (None,))
    empty = at.op("Gather", dropped, order, axis=0)
    fills = layer.fills or (0.0,) * len(xs)
    return [_filled(at, k, order, empty, float(fill)) for k, fill in enumerate(fills)]


def _filled(at: Place, k: int, order: Value, empty: Value, fill: float) -> Value:
    wide = at.reshape(empty, (None, *(1,) * (len(at.dims[k]) - 1)))
    return at.op("Where", wide, at.graph.wrap(fill), at.op("Gather", at.xs[k], order, axis=0))
