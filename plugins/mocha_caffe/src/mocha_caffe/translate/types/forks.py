"""Layers of forks: images in other sizes, regions, channels in another order, gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import (
    ElementWiseFunctors,
    ElementWiseLayer,
    FlattenLayer,
    InterpLayer,
    ROIPoolingLayer,
    ScaleLayer,
    ShuffleChannelLayer,
    UnpoolingLayer,
)

from ...formats import Message
from ...layers import TrimLayer
from ..given import CaffeLayer
from ..registry import translates

IMAGE_AXES = 4


@translates("Axpy")
def axpy(layer: CaffeLayer) -> list[Layer]:
    """SENet's a x + y, with a number a for each channel of each sample, (num, channels) or (num, channels, 1, 1)."""
    if len(layer.bottoms) != 3:
        raise layer.refuse(f"it needs the bottoms a, x and y, not {len(layer.bottoms)}")
    (a, x, y), (gate, image, other) = layer.bottoms, layer.shapes
    if gate[:2] != image[:2] or set(gate[2:]) - {1} or image != other:
        raise layer.refuse(
            f"a, x and y are {gate}, {image} and {other}; x and y must be equal, and a has one number for each channel "
            f"of each sample"
        )
    made: list[Layer] = []
    if len(gate) > 2:
        made.append(FlattenLayer(name=layer.step("a"), bottoms=(a,), tops=(layer.step("a"),)))
        a = layer.step("a")
    scaled = layer.step("scaled")
    made.append(ScaleLayer(name=scaled, bottoms=(x, a), tops=(scaled,), axis=0))
    return [*made, layer.make(ElementWiseLayer, bottoms=(scaled, y), operation=ElementWiseFunctors.Add())]


@translates("ShuffleChannel")
def shuffle_channel(layer: CaffeLayer) -> Layer:
    """ShuffleNet's."""
    return layer.make(ShuffleChannelLayer, groups=layer.block("shuffle_channel_param").group)


@translates("ROIPooling")
def roi_pooling(layer: CaffeLayer) -> Layer:
    """Fast R-CNN's."""
    block = layer.block("roi_pooling_param")
    if not block.pooled_h or not block.pooled_w:
        raise layer.refuse("roi_pooling_param needs pooled_h and pooled_w")
    return layer.make(ROIPoolingLayer, size=(block.pooled_h, block.pooled_w), scale=block.spatial_scale)


@translates("CropCenter")
def crop_center(layer: CaffeLayer) -> Layer:
    """waifu2x's: crop_size is what goes off at each end of each axis."""
    sizes = tuple(int(size) for size in layer.block("crop_center_param").crop_size)
    if len(sizes) != len(layer.shape):
        raise layer.refuse(f"crop_size is there {len(sizes)} times; it is needed for each of {len(layer.shape)} axes")
    return layer.make(TrimLayer, begin=sizes, end=sizes)


@translates("Upsample")
def upsample(layer: CaffeLayer) -> Layer:
    """SegNet's, with the places of a max pooling; with one bottom, that of the YOLO forks, which repeats."""
    block = layer.block("upsample_param")
    if len(layer.bottoms) == 1:
        return layer.make(InterpLayer, factor=_scale(block), mode="nearest")
    if len(layer.bottoms) != 2 or layer.shapes[0] != layer.shapes[1]:
        said = " and ".join(map(str, layer.shapes))
        raise layer.refuse(
            f"its bottoms are {said}; it is known with x and the second top of a max pooling, of one shape, or with x "
            f'alone. For the layer of another fork, register one: @mocha_caffe.layer("Upsample")'
        )
    if block.upsample_h and block.upsample_w:
        return layer.make(UnpoolingLayer, size=(block.upsample_h, block.upsample_w))
    less = {"less": (int(block.pad_out_h), int(block.pad_out_w))} if block.pad_out_h or block.pad_out_w else {}
    return layer.make(UnpoolingLayer, factor=_scale(block), **less)


def _scale(block: Message) -> Any:
    return (block.scale_h, block.scale_w) if "scale_h" in block else int(block.scale)


@translates("Interp")
def interp(layer: CaffeLayer) -> Sequence[Layer]:
    """DeepLab's and PSPNet's: the corners stay where they are; negative pads cut the image first."""
    block = layer.block("interp_param")
    if block.interp_type != "bilinear":
        raise layer.refuse(f"interp_type is {block.interp_type!r}; known is 'bilinear'")
    if len(layer.shape) != IMAGE_AXES:
        raise layer.refuse(f"{layer.bottoms[0]!r} is {layer.shape}; it needs images (num, channels, height, width)")
    if not block.pad_beg and not block.pad_end:
        return [layer.make(InterpLayer, bottoms=layer.bottoms[:1], align_corners=True, **_size(layer, block))]
    if block.pad_beg > 0 or block.pad_end > 0:
        raise layer.refuse(f"pad_beg {block.pad_beg} and pad_end {block.pad_end} must not be positive")
    cut = layer.step("cut")
    begin, end = (-block.pad_beg,) * 2, (-block.pad_end,) * 2
    return [
        TrimLayer(name=cut, bottoms=layer.bottoms[:1], tops=(cut,), begin=begin, end=end),
        layer.make(InterpLayer, bottoms=(cut,), align_corners=True, **_size(layer, block)),
    ]


def _size(layer: CaffeLayer, block: Message) -> dict[str, Any]:
    """The size that is given, or how it follows from that of the bottom: in the order in which the forks look."""
    if len(layer.bottoms) == 2:
        return {"size": layer.shapes[1][2:]}
    shrinks, zooms = "shrink_factor" in block, "zoom_factor" in block
    if shrinks != zooms or (shrinks and not (block.height and block.width)):
        return {"steps": (int(block.shrink_factor), int(block.zoom_factor))}
    if not (block.height and block.width):
        raise layer.refuse("interp_param says no size: give height and width, zoom_factor or shrink_factor")
    return {"size": (int(block.height), int(block.width))}
