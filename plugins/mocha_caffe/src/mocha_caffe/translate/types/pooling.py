"""Pooling, and normalisation over neighbours."""

from __future__ import annotations

from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import LRNLayer, LRNMode, MVNLayer, PoolingLayer, StochasticPoolingLayer
from mocha_core.pooling import Pooling

from ...formats import Message
from ..given import CaffeLayer
from ..registry import translates


@translates("Pooling")
def pooling(layer: CaffeLayer) -> Layer:
    """Caffe divides a mean by the part of the window that lies in the image and its padding."""
    block = layer.block("pooling_param")
    options = pooling_sizes(layer, block)
    if block.round_mode == "FLOOR" or not block.ceil_mode:
        options["round_mode"] = "floor"
    if block.pool == "STOCHASTIC":
        return layer.make(StochasticPoolingLayer, **options)
    if block.pool == "AVE":
        return layer.make(PoolingLayer, pooling=Pooling.Mean(), divisor="window", **options)
    if len(layer.tops) == 2 * len(layer.bottoms):
        options["mask"] = True
    return layer.make(PoolingLayer, pooling=Pooling.Max(), **options)


def pooling_sizes(layer: CaffeLayer, block: Message) -> dict[str, Any]:
    """kernel, stride and pad; those that are Mocha's defaults are left out."""
    if block.global_pooling:
        return {"global_pooling": True}
    kernel = _size(block, "kernel", "kernel_size")
    if kernel in (0, (0, 0)):
        raise layer.refuse("pooling_param has neither kernel_size nor global_pooling")
    found = {"kernel": kernel, "stride": _size(block, "stride", "stride"), "pad": _size(block, "pad", "pad")}
    return {name: size for name, size in found.items() if size != {"stride": 1, "pad": 0}.get(name)}


def _size(block: Message, side: str, both: str) -> Any:
    """One number for both sides, or one for each."""
    if f"{side}_h" in block or f"{side}_w" in block:
        return int(getattr(block, f"{side}_h")), int(getattr(block, f"{side}_w"))
    return int(getattr(block, both))


@translates("LRN")
def lrn(layer: CaffeLayer) -> Layer:
    """Caffe's alpha is divided by the number of neighbours, as Mocha's scale; within channels its k is always 1."""
    block = layer.block("lrn_param")
    if block.local_size % 2 == 0:
        raise layer.refuse(f"local_size is odd, with as many neighbours on either side, not {block.local_size}")
    within = block.norm_region == "WITHIN_CHANNEL"
    return layer.make(
        LRNLayer,
        kernel=block.local_size,
        scale=block.alpha,
        power=block.beta,
        shift=1.0 if within else block.k,
        mode=LRNMode.WithinChannel() if within else LRNMode.AcrossChannel(),
    )


@translates("MVN")
def mvn(layer: CaffeLayer) -> Layer:
    """Mean 0 and deviation 1 for each channel, or each sample."""
    block = layer.block("mvn_param")
    return layer.make(
        MVNLayer,
        normalize_variance=block.normalize_variance,
        across_channels=block.across_channels,
        eps=block.eps,
    )
