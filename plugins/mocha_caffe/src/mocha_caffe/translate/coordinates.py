"""Where the pixels of one blob lie in another: what Crop needs to know that has no offset of its own.

A convolution, a pooling or a deconvolution puts the pixel x of its bottom to a x + b of its top, with the middle of a
window standing for the window. Two blobs that come from one have such a map between them, too. Source: Long, Shelhamer,
Darrell, "Fully convolutional networks for semantic segmentation", 2015, and the Crop layer of their branch of Caffe,
on which HED was built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mocha_core.ops import along

from .given import CaffeLayer
from .types.filters import sizes
from .types.pooling import pooling_sizes

AXES = 2
PLAIN = {"kernel": 1, "stride": 1, "pad": 0, "dilation": 1}
SAME = frozenset({
    "AbsVal", "BN", "BNLL", "BatchNorm", "Bias", "Clip", "Concat", "Dropout", "ELU", "Eltwise", "Exp", "LRN",
    "Log", "MVN", "Normalize", "PReLU", "Power", "ReLU", "ReLU6", "Scale", "ShuffleChannel", "Sigmoid", "Slice",
    "Softmax", "Split", "Swish", "TanH", "Threshold",
})
"""Types whose tops have the pixels of their first bottom."""


@dataclass(frozen=True, slots=True)
class Map:
    """x -> a x + b along one axis.

    >>> Map(Fraction(1, 2), Fraction(1)).after(Map(Fraction(4), Fraction(6)))
    Map(a=Fraction(2, 1), b=Fraction(4, 1))
    """

    a: Fraction = Fraction(1)
    b: Fraction = Fraction(0)

    def after(self, other: Map) -> Map:
        """First the other, then this one."""
        return Map(self.a * other.a, self.a * other.b + self.b)

    @property
    def inverse(self) -> Map:
        """From a x + b to x."""
        return Map(1 / self.a, -self.b / self.a)


Maps = tuple[Map, ...]


def offsets(layer: CaffeLayer) -> tuple[int, ...] | None:
    """Where the pixel (0, 0) of the second bottom lies in the first; None if the net does not say.

    That is: where no path through layers of known geometry leads from one blob to both, or the pixels of both are not
    of one size, or do not lie on each other.
    """
    here, there = (_way(layer, bottom) for bottom in layer.bottoms[:2])
    shared = next((blob for blob in there if blob in here), None)
    if shared is None:
        return None
    maps = [its.after(mine.inverse) for mine, its in zip(here[shared], there[shared], strict=True)]
    if any(each.a != 1 or each.b > 0 or each.b.denominator != 1 for each in maps):
        return None
    return tuple(-int(each.b) for each in maps)


def _way(layer: CaffeLayer, blob: str) -> dict[str, Maps]:
    """Each blob from which this one comes, by first bottoms, and the map from there to here."""
    maps: Maps = (Map(),) * AXES
    found = {blob: maps}
    while blob in layer.writers:
        writer = layer.writers[blob]
        own = _maps(writer) if writer.bottoms else None
        if own is None or writer.bottoms[0] in found:
            break
        blob, maps = writer.bottoms[0], tuple(mine.after(one) for mine, one in zip(maps, own, strict=True))
        found[blob] = maps
    return found


def _maps(layer: CaffeLayer) -> Maps | None:
    """From the first bottom to the tops; None for other types, and blobs that are no images."""
    if len(layer.shapes[0]) != AXES + 2:
        return None
    if layer.message.type in SAME:
        return (Map(),) * AXES
    known = GEOMETRY.get(str(layer.message.type))
    return known(layer) if known is not None else None


def _windows(options: dict[str, Any]) -> Maps:
    """Of windows: the middle of window k is at k * stride - pad + (span - 1) / 2."""
    each = [along(options.get(name, plain), AXES) for name, plain in PLAIN.items()]
    return tuple(
        Map(Fraction(stride), Fraction((kernel - 1) * dilation, 2) - pad).inverse
        for kernel, stride, pad, dilation in zip(*each, strict=True)
    )


def _convolution(layer: CaffeLayer) -> Maps:
    return _windows(sizes(layer, layer.block("convolution_param")))


def _deconvolution(layer: CaffeLayer) -> Maps:
    return tuple(each.inverse for each in _convolution(layer))


def _pooling(layer: CaffeLayer) -> Maps | None:
    block = layer.block("pooling_param")
    return None if block.global_pooling else _windows(pooling_sizes(layer, block))


def _crop(layer: CaffeLayer) -> Maps | None:
    block = layer.block("crop_param")
    if "axis" in block or len(block.offset) > AXES:
        return None
    found = tuple(block.offset) * (AXES if len(block.offset) == 1 else 1) or offsets(layer) or (0,) * AXES
    return tuple(Map(b=Fraction(-offset)) for offset in found)


GEOMETRY: dict[str, Callable[[CaffeLayer], Maps | None]] = {
    "Convolution": _convolution,
    "ConvolutionDepthwise": _convolution,
    "DepthwiseConvolution": _convolution,
    "Im2col": _convolution,
    "Deconvolution": _deconvolution,
    "Pooling": _pooling,
    "Crop": _crop,
}
