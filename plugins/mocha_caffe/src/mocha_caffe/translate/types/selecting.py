"""Layers that pick out parts of blobs."""

from __future__ import annotations

from mocha_core.layer import Layer
from mocha_core.pooling import Pooling

from ...layers import (
    ArgMaxLayer,
    BatchReindexLayer,
    CropLikeLayer,
    Im2colLayer,
    RowFilterLayer,
    SilenceLayer,
    SPPLayer,
)
from ..given import CaffeLayer
from ..registry import translates
from .filters import sizes


@translates("ArgMax")
def arg_max(layer: CaffeLayer) -> Layer:
    """Positions of the largest elements, and their values on request."""
    block = layer.block("argmax_param")
    axis = int(block.axis) if "axis" in block else None
    return layer.make(ArgMaxLayer, top_k=block.top_k, axis=axis, values=block.out_max_val)


@translates("BatchReindex")
def batch_reindex(layer: CaffeLayer) -> Layer:
    """Samples in another order."""
    return layer.make(BatchReindexLayer)


@translates("Filter")
def row_filter(layer: CaffeLayer) -> Layer:
    """Samples with a flag; the tops keep their size."""
    return layer.make(RowFilterLayer)


@translates("Crop")
def crop(layer: CaffeLayer) -> Layer:
    """To the size of the second bottom, from an offset."""
    block = layer.block("crop_param")
    return layer.make(CropLikeLayer, axis=block.axis, offsets=tuple(block.offset))


@translates("Im2col")
def im2col(layer: CaffeLayer) -> Layer:
    """Windows as channels."""
    return layer.make(Im2colLayer, **sizes(layer, layer.block("convolution_param")))


@translates("SPP")
def spp(layer: CaffeLayer) -> Layer:
    """A pyramid of poolings."""
    block = layer.block("spp_param")
    mean = block.pool == "AVE"
    return layer.make(SPPLayer, levels=block.pyramid_height, pooling=Pooling.Mean() if mean else Pooling.Max())


@translates("Silence")
def silence(layer: CaffeLayer) -> Layer:
    """Reads its bottoms, so that they are no results of the net."""
    return layer.make(SilenceLayer)
