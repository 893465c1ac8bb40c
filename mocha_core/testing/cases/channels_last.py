"""Cases of `ChannelsLast`: the cases of layers for images, with the channels of all blobs last."""

from __future__ import annotations

from dataclasses import replace

from ...blob import Shape
from ...channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast, to_last
from ..case import Bottom, Case
from ..family import Family
from ..strategies import image_shapes
from .arranging import slice_
from .batch_norm import batch_norm, running
from .convolution import axes, convolution, groups
from .element_wise import element_wise
from .fused import convolution_pooling, convolution_relu, convolution_relu_pooling, pooling_relu
from .lrn import across, within
from .neurons import neurons
from .pooling import max_pooling, mean_pooling, pooling_axes, window_pooling
from .scaling import scale
from .wiring import concat, split


def last(case: Case) -> Case:
    """The case with the channels of its bottoms and tops last."""
    bottoms = tuple(replace(b, shape=to_last(b.shape)) for b in case.bottoms)
    return replace(case, layer=ChannelsLast.of(case.layer), bottoms=bottoms)


def _of_images(case: Case) -> bool:
    return all(len(bottom.shape) >= 3 for bottom in case.bottoms)


def _last(family: Family) -> Family:
    return Family(f"channels-last-{family.label}", last(family.plain), family.cases.filter(_of_images).map(last))


def _on_images(family: Family) -> Family:
    """A family of a layer for any shapes: the plain layer on images only."""

    def on(shape: Shape) -> Case:
        return replace(family.plain, bottoms=tuple(replace(b, shape=shape) for b in family.plain.bottoms))

    return Family(family.label, on((2, 3, 4, 5)), image_shapes().map(on))


def _reorder(layer: ToChannelsLast | ToChannelsFirst, label: str) -> Family:
    cases = image_shapes().map(lambda shape: Case(layer, (Bottom(shape),)))
    return Family(label, Case(layer, (Bottom((2, 3, 5, 4)),)), cases)


WRAPPED = (
    convolution,
    groups,
    axes,
    convolution_relu,
    convolution_pooling,
    convolution_relu_pooling,
    max_pooling,
    mean_pooling,
    window_pooling,
    pooling_axes,
    pooling_relu,
    across,
    within,
    batch_norm,
    running,
    _on_images(split),
    concat,
    slice_,
    scale,
    *map(_on_images, (*element_wise, *neurons)),
)

channels_last = (
    *(_last(family) for family in WRAPPED),
    _reorder(ToChannelsLast(name="last", bottoms=["x"], tops=["y"]), "to-channels-last"),
    _reorder(ToChannelsFirst(name="first", bottoms=["x"], tops=["y"]), "to-channels-first"),
)
