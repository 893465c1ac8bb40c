"""Convolution and deconvolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import ConvolutionLayer, DeconvolutionLayer, FlattenLayer, ReshapeLayer

from ...formats import Message
from ..given import CaffeLayer
from ..learning import ZERO, initializer, learning
from ..registry import translates

CHANNELS = 1


@translates("Convolution", "ConvolutionDepthwise", "DepthwiseConvolution")
def convolution(layer: CaffeLayer) -> Layer | list[Layer]:
    """All bottoms share the weights (num_output, channels / group, kernel...), as in Mocha."""
    axis = _channel_axis(layer)
    if axis != CHANNELS:
        return _on_axis(layer, axis)
    options = filter_options(layer)
    if layer.message.type != "Convolution" and "group" not in layer.block("convolution_param"):
        options["n_group"] = layer.shape[CHANNELS]
    return layer.make(ConvolutionLayer, **options)


def _channel_axis(layer: CaffeLayer) -> int:
    axis = int(layer.block("convolution_param").axis)
    return axis + len(layer.shape) if axis < 0 else axis


def _on_axis(layer: CaffeLayer, axis: int) -> list[Layer]:
    """With the channels on a later axis: all axes before it are the batch."""
    if axis < CHANNELS or len(layer.bottoms) != 1 or len(layer.tops) != 1:
        raise layer.refuse(
            f"the channels are on axis {axis}; that works behind the batch only, with one bottom and one top"
        )
    (lead, flat), (rows, wide) = (layer.shape[:axis], layer.step("rows")), (layer.tops[0], layer.step("filtered"))
    inner = replace(layer, bottoms=(flat,), tops=(wide,), shapes=((1, *layer.shape[axis:]),))
    return [
        layer.make(FlattenLayer, name=flat, tops=(flat,), axis=0, end_axis=axis - 1),
        inner.make(ConvolutionLayer, **filter_options(inner)),
        ReshapeLayer(name=layer.step("unrolled"), bottoms=(wide,), tops=(rows,), shape=lead, axis=0, num_axes=1),
    ]


@translates("Deconvolution")
def deconvolution(layer: CaffeLayer) -> Layer:
    """The weights are (channels, num_output / group, kernel...), as in Mocha."""
    if _channel_axis(layer) != CHANNELS:
        raise layer.refuse("Mocha's deconvolution has the channels on axis 1")
    return layer.make(DeconvolutionLayer, **filter_options(layer))


def filter_options(layer: CaffeLayer) -> dict[str, Any]:
    """What convolution and deconvolution have in common."""
    block = layer.block("convolution_param")
    if "num_output" not in block:
        raise layer.refuse("convolution_param has no num_output: how many channels come out")
    names = ("filter", "bias") if block.bias_term else ("filter",)
    options = sizes(layer, block) | learning(layer, *names)
    options |= {"n_filter": block.num_output, "filter_init": initializer(layer, block, "weight_filler")}
    if block.group > 1:
        options["n_group"] = block.group
    if not block.bias_term:
        return options | {"bias": False}
    return options | {"bias_init": initializer(layer, block, "bias_filler", ZERO)}


def sizes(layer: CaffeLayer, block: Message) -> dict[str, Any]:
    """kernel, stride, pad and dilation of a convolution_param; those that are Mocha's defaults are left out."""
    kernel = _pair(block, "kernel_h", "kernel_w") or _each(layer, block.kernel_size, "kernel_size")
    if kernel is None:
        raise layer.refuse("convolution_param has no kernel_size")
    found = {
        "kernel": kernel,
        "stride": _pair(block, "stride_h", "stride_w") or _each(layer, block.stride, "stride"),
        "pad": _pair(block, "pad_h", "pad_w") or _each(layer, block.pad, "pad"),
        "dilation": _dilation(layer, block),
    }
    return {name: value for name, value in found.items() if value not in (None, PLAIN.get(name))}


PLAIN = {"stride": 1, "pad": 0, "dilation": 1}


def _dilation(layer: CaffeLayer, block: Message) -> Any:
    """Also under its first name, "hole"."""
    if _pair(block, "hole_h", "hole_w"):
        return _pair(block, "hole_h", "hole_w")
    if "hole" in block:
        return int(block.hole)
    return _each(layer, block.dilation, "dilation")


def _pair(block: Message, height: str, width: str) -> tuple[int, int] | None:
    """Sizes that are given for each side; None if neither is."""
    if height not in block and width not in block:
        return None
    return int(getattr(block, height)), int(getattr(block, width))


def _each(layer: CaffeLayer, values: Sequence[int], name: str) -> Any:
    """One number for all axes, or one for each; None if there is none."""
    axes = len(layer.shape) - CHANNELS - 1
    if not values:
        return None
    if len(values) not in (1, axes):
        raise layer.refuse(f"{name} is there {len(values)} times; once, or once for each of the {axes} axes")
    return int(values[0]) if len(set(values)) == 1 else tuple(int(value) for value in values)
