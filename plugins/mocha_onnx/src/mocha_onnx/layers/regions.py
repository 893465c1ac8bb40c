"""Regions of images, and numbers put back to where a pooling found them."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.layers import ROIPoolingLayer, UnpoolingLayer
from mocha_core.ops import pair

from ..graph import Value
from ..place import Place
from ..registry import translates
from .arranging import cut


@translates(ROIPoolingLayer)
def roi_pooling(layer: ROIPoolingLayer, at: Place) -> list[Value]:
    """ONNX's MaxRoiPool."""
    x, regions = at.xs
    rows = regions if len(at.dims[1]) == 2 else at.reshape(regions, at.dims[1][:2])
    return [at.op("MaxRoiPool", x, rows, pooled_shape=list(pair(layer.size)), spatial_scale=float(layer.scale))]


@translates(UnpoolingLayer)
def unpooling(layer: UnpoolingLayer, at: Place) -> list[Value]:
    """Scattered into zeros, with one place more for what lies beyond the image."""
    num, channels, *image = at.top_dims[0]
    area = math.prod(size or 0 for size in image)
    within = at.whole(at.xs[1])
    beyond = at.op("Or", at.op("Less", within, whole(at, 0)), at.op("Less", whole(at, area - 1), within))
    places = at.op("Where", beyond, whole(at, area), within)
    lines = (num, channels, math.prod(at.bottoms[0].shape[2:]))
    flat, places = at.reshape(at.xs[0], lines), at.reshape(places, lines)
    counted = at.op("Slice", at.op("Shape", at.xs[0]), at.graph.integers(0), at.graph.integers(2))
    zeros = at.op("ConstantOfShape", at.op("Concat", counted, at.graph.integers(area + 1), axis=0))
    y = at.op("ScatterElements", zeros, places, flat, axis=2)
    return [at.reshape(cut(at, y, (2,), (0,), (area,)), at.top_dims[0])]


def whole(at: Place, number: int) -> Value:
    """A whole number as a constant."""
    return at.constant(np.int64(number))
