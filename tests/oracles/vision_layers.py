"""Caffe's zoo_vision from our layers. Those with a name that Caffe does not know build what Mocha has no layer for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core import (
    ConcatLayer,
    ConvolutionLayer,
    CropLayer,
    DeconvolutionLayer,
    Layer,
    LRNLayer,
    LRNMode,
    Pooling,
    PoolingLayer,
    PowerLayer,
    ReshapeLayer,
)

from .dumps import Arrays, Host, f32

SIZE = (7, 9)
CHANNELS = 6
MAX, MEAN = Pooling.Max(), Pooling.Mean()

ELSEWHERE = {
    "conv_axis2": "the channels are not on axis 1",
    "x d s v": "the sources, made of their inputs",
}
"""Layers of the dump that Mocha does not have yet, and why."""


def conv(name: str, n_filter: int, kernel: Any, **options: Any) -> Layer:
    return ConvolutionLayer(name=name, bottoms=["x"], tops=[name], n_filter=n_filter, kernel=kernel, **options)


def deconv(name: str, n_filter: int, kernel: Any, bottom: str = "d", **options: Any) -> Layer:
    return DeconvolutionLayer(name=name, bottoms=[bottom], tops=[name], n_filter=n_filter, kernel=kernel, **options)


def pool(name: str, kind: Any, kernel: Any, stride: Any = 1, pad: Any = 0, **options: Any) -> Layer:
    plain = {"kernel": kernel, "stride": stride, "pad": pad, "divisor": "window", "tops": [name]}
    return PoolingLayer(name=name, bottoms=["x"], pooling=kind, **(plain | options))


def lrn(name: str, kernel: int, scale: float, power: float, shift: float = 1.0, within: bool = False) -> Layer:
    mode = LRNMode.WithinChannel() if within else LRNMode.AcrossChannel()
    options = {"kernel": kernel, "scale": scale, "power": f32(power), "shift": shift, "mode": mode}
    return LRNLayer(name=name, bottoms=["x"], tops=[name], **options)


CONVOLUTIONS = (
    conv("conv_k3", 4, 3),
    conv("conv_s2p1", 4, 3, stride=2, pad=1),
    conv("conv_group3", 9, 3, pad=1, n_group=3),
    conv("conv_depthwise", 12, 3, pad=1, n_group=6),
    conv("conv_dil", 4, 3, pad=2, dilation=2),
    conv("conv_dil_hw", 4, (2, 3), pad=(0, 3), stride=(2, 1), dilation=(1, 3)),
    conv("conv_rep", 4, (3, 2), stride=(1, 2), pad=(2, 0)),
    conv("conv_1x1", 5, 1),
    conv("conv_nobias", 5, 3, bias=False),
    conv("conv_forcend", 4, 3, pad=1),
    PowerLayer(name="pos_x", bottoms=["x"], tops=["pos_x"], scale=-0.5),
    ConvolutionLayer(
        name="conv_shared", bottoms=["x", "pos_x"], tops=["conv_shared_0", "conv_shared_1"], n_filter=3, kernel=3
    ),
)

OTHER_AXES = (
    ConvolutionLayer(name="conv_1d", bottoms=["s"], tops=["conv_1d"], n_filter=3, kernel=3, stride=2, pad=1),
    ConvolutionLayer(
        name="conv_3d", bottoms=["v"], tops=["conv_3d"], n_filter=3, kernel=(3, 2, 2), pad=(1, 0, 1), stride=(2, 1, 1)
    ),
)

DECONVOLUTIONS = (
    deconv("deconv_k3", 4, 3),
    deconv("deconv_s2p1", 4, 4, stride=2, pad=1),
    deconv("deconv_group2", 8, 3, stride=2, n_group=2),
    deconv("deconv_bilinear", 4, 4, stride=2, pad=1, n_group=4, bias=False),
    deconv("deconv_bilinear5", 4, 5, stride=3, pad=1, n_group=4, bias=False),
    deconv("deconv_dil", 4, 3, dilation=2),
    deconv("deconv_3d", 2, 2, bottom="v", stride=2),
)

POOLINGS = (
    pool("pool_max", MAX, 3, 2),
    pool("pool_max_pad", MAX, 3, 2, 1),
    pool("pool_max_gap", MAX, (2, 3), 3),
    pool("pool_max_hw", MAX, (2, 3), (1, 2), (1, 0)),
    pool("pool_max_ceil", MAX, 2, 2),
    pool("pool_max_floor", MAX, 2, 2, round_mode="floor"),
    pool("pool_max_global", MAX, 1, global_pooling=True),
    pool("pool_max_mask", MAX, 3, 2, mask=True, tops=["pool_max_mask_0", "pool_max_mask_1"]),
    pool("pool_ave", MEAN, 3, 2),
    pool("pool_ave_pad", MEAN, 3, 2, 1),
    pool("pool_ave_k2s2", MEAN, 2, 2),
    pool("pool_ave_k4s3p2", MEAN, 4, 3, 2),
    pool("pool_ave_global", MEAN, 1, global_pooling=True),
)

NORMALISATIONS = (
    lrn("lrn", 5, 0.5, 0.75),
    lrn("lrn_k2", 3, 0.5, 0.6, shift=2.0),
    lrn("lrn_default", 5, 1.0, 0.75),
    lrn("lrn_wide", 9, 1.0, 0.75),
    lrn("lrn_within", 3, 0.5, 0.75, within=True),
    lrn("lrn_within5", 5, 2.0, 0.5, within=True),  # Caffe ignores its k=3 within channels
)


def spp(name: str, kind: Any, height: int) -> list[Layer]:
    """Caffe's spatial pyramid: level l has 2^l by 2^l bins; all levels flattened, one after the other."""
    levels = [f"{name}/{level}" for level in range(height)]
    layers: list[Layer] = []
    for level, top in enumerate(levels):
        kernel = [-(-size // 2**level) for size in SIZE]
        pad = [(k * 2**level - size + 1) // 2 for k, size in zip(kernel, SIZE, strict=True)]
        layers.append(pool(top, kind, kernel, kernel, pad))
        layers.append(ReshapeLayer(name=f"{top}/flat", bottoms=[top], tops=[f"{top}/flat"], shape=(-1,)))
    return [*layers, ConcatLayer(name=name, bottoms=[f"{top}/flat" for top in levels], tops=[name])]


BUILT = (
    conv("im2col", CHANNELS * 9, 3, stride=2, pad=1, bias=False),
    conv("im2col_dil", CHANNELS * 4, 2, dilation=2, bias=False),
    CropLayer(name="crop_sp", bottoms=["x"], tops=["crop_sp"], crop_size=(4, 5)),
    conv("crop_axis1", 3, (4, 5), bias=False),
    *spp("spp_max", MAX, 3),
    *spp("spp_ave", MEAN, 2),
)
"""Caffe crops at an offset, crop_sp in the centre as ours. im2col and the other crop are convolutions whose filters
pick one cell each."""


def pick(cells: Sequence[tuple[int, int, int]], kernel: tuple[int, int]) -> Host:
    """Filters that copy one cell each: (channel, row, column)."""
    filters = np.zeros((len(cells), CHANNELS, *kernel))
    for f, cell in enumerate(cells):
        filters[(f, *cell)] = 1.0
    return filters


def filters() -> Arrays:
    """The filters of `BUILT`."""
    return {
        "im2col/0": np.eye(CHANNELS * 9).reshape(-1, CHANNELS, 3, 3),
        "im2col_dil/0": np.eye(CHANNELS * 4).reshape(-1, CHANNELS, 2, 2),
        "crop_axis1/0": pick([(c + 1, 1, 1) for c in range(3)], (4, 5)),
    }
