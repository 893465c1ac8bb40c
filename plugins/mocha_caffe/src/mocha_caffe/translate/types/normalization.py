"""Batch normalisation in its several forms, scales and biases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core.layer import Layer
from mocha_core.layers import BatchNormLayer, BiasLayer, ScaleLayer
from mocha_core.log import logger

from ..given import CaffeLayer
from ..learning import ONE, ZERO, initializer, learning
from ..registry import translates
from ..translated import Array, Slot, Translated

WITH_SCALE = 5
"""Blobs of a BatchNorm layer of NVIDIA's fork that has scale and bias, too."""


@translates("BatchNorm")
def batch_norm(layer: CaffeLayer) -> Translated:
    """Caffe stores sums of means and variances and the sum of their weights; Mocha the averages and that sum."""
    block = layer.block("batch_norm_param")
    statistics = "phase"
    if "use_global_stats" in block:
        statistics = "running" if block.use_global_stats else "batch"
    options: dict[str, Any] = {"eps": block.eps, "moving_average": block.moving_average_fraction}
    slots = tuple(Slot(param=name, loose=True) for name in ("mean", "var", "count"))
    averages = _Averages(layer.where, block.moving_average_fraction)
    if not block.scale_bias and len(layer.message.blobs) < WITH_SCALE:
        made = layer.make(BatchNormLayer, statistics=statistics, **options)
        return Translated(layers=(made,), slots=slots, unpack=averages, pack=_sums)
    normal = layer.make(BatchNormLayer, tops=[layer.step("normalised")], statistics=statistics, **options)
    scale = _scale_of_block(layer, normal)
    more = (Slot(param="scale", loose=True, of=1), Slot(param="bias", loose=True, of=1))
    return Translated(layers=(normal, scale), slots=(*slots, *more), unpack=averages, pack=_sums)


def _scale_of_block(layer: CaffeLayer, normal: Layer) -> Layer:
    block = layer.block("batch_norm_param")
    return layer.make(
        ScaleLayer,
        name=layer.step("scale"),
        bottoms=normal.tops,
        bias=True,
        scale_init=initializer(layer, block, "scale_filler", ONE),
        bias_init=initializer(layer, block, "bias_filler", ZERO),
    )


class _Averages:
    """mean, var, factor -> mean / factor, var / factor, factor.

    Caffe's rule for a factor of 0 is that both are 0, as before any training. NVIDIA's fork writes 0 there and the
    averages themselves, which then are not 0; they count as those of a long training, so that more training changes
    them little by little.
    """

    def __init__(self, where: str, fraction: float) -> None:
        self.where, self.fraction = where, fraction

    def __call__(self, blobs: Sequence[Array]) -> Sequence[Array]:
        mean, var, factor, *others = blobs
        total = float(factor.reshape(-1)[0])
        if total:
            return mean / total, var / total, factor, *others
        if np.any(var):
            logger.warning("%s: its third blob is 0; mean and variance are taken as they are (NVIDIA's)", self.where)
            factor = factor + 1 / max(1 - self.fraction, 1e-9)
        return mean, var, factor, *others


def _sums(params: Sequence[Array]) -> Sequence[Array]:
    """The inverse: mean * count, var * count, count. Before any training all are 0, as in Caffe."""
    mean, var, count, *others = params
    total = count.reshape(-1)[0]
    return mean * total, var * total, count, *others


@translates("Scale")
def scale(layer: CaffeLayer) -> Layer:
    """With one bottom the factors are learned, from 1 where no filler says; with two they are the second."""
    block = layer.block("scale_param")
    options: dict[str, Any] = {"axis": block.axis}
    names = ["scale"] * (len(layer.bottoms) == 1) + ["bias"] * bool(block.bias_term)
    if len(layer.bottoms) == 1:
        options |= {"num_axes": block.num_axes}
        options |= {"scale_init": initializer(layer, block, "filler", ONE)}
    if block.bias_term:
        options |= {"bias": True, "bias_init": initializer(layer, block, "bias_filler", ZERO)}
    return layer.make(ScaleLayer, **options, **learning(layer, *names))


@translates("Bias")
def bias(layer: CaffeLayer) -> Layer:
    """With one bottom the biases are learned; with two they are the second."""
    block = layer.block("bias_param")
    if len(layer.bottoms) == 2:
        return layer.make(BiasLayer, axis=block.axis)
    start = initializer(layer, block, "filler", ZERO)
    return layer.make(BiasLayer, axis=block.axis, num_axes=block.num_axes, bias_init=start, **learning(layer, "bias"))
