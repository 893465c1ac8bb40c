"""Layers that pick out parts of blobs."""

from __future__ import annotations

from mocha_core.layer import Layer
from mocha_core.log import logger
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
from ..coordinates import offsets
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
    """To the size of the second bottom, from an offset.

    The oldest Crop, HED's, had no options: its offset is where the pixels of both bottoms lie on each other.
    """
    block = layer.block("crop_param")
    if "axis" not in block and not block.offset and (found := _geometric(layer)):
        logger.warning(
            "%s: says no offset, as the oldest Crop, which took it from the net: %s. Today's Caffe would take 0; for "
            "that write crop_param { offset: 0 }",
            layer.where,
            " and ".join(map(str, found)),
        )
        return layer.make(CropLikeLayer, offsets=found)
    return layer.make(CropLikeLayer, axis=block.axis, offsets=tuple(block.offset))


def _geometric(layer: CaffeLayer) -> tuple[int, ...]:
    """The offsets that follow from the net, if there is room for them; nothing where they are 0, or unknown."""
    if len(layer.shapes) != 2 or len(layer.shape) != 4:
        return ()
    found = offsets(layer) or ()
    room = [have - part for have, part in zip(layer.shapes[0][2:], layer.shapes[1][2:], strict=True)]
    return found if any(found) and all(o <= free for o, free in zip(found, room, strict=True)) else ()


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
