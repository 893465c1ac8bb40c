"""Caffe's zoo_common from our layers."""

from __future__ import annotations

from typing import Any

from mocha_core import (
    BiasLayer,
    ConcatLayer,
    ElementWiseLayer,
    FlattenLayer,
    InnerProductLayer,
    Layer,
    ParameterLayer,
    ReductionLayer,
    ReshapeLayer,
    ScaleLayer,
    SliceLayer,
    SplitLayer,
    TileLayer,
)
from mocha_core import ElementWiseFunctors as F
from mocha_core.layers.functors import Functor

from .dumps import Arrays

ELSEWHERE = {
    "to_silence": "read by Silence only, a layer of mocha-caffe",
    "x y kv c wv": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make yet, and why."""


def elt(name: str, operation: Functor, *bottoms: str) -> Layer:
    return ElementWiseLayer(name=name, bottoms=bottoms, tops=[name], operation=operation)


def reshape(name: str, *shape: int, **options: int) -> Layer:
    return ReshapeLayer(name=name, bottoms=["x"], tops=[name], shape=shape, **options)


def reduction(name: str, **options: Any) -> Layer:
    return ReductionLayer(name=name, bottoms=["x"], tops=[name], **options)


def tile(name: str, tiles: int, axis: int = 1) -> Layer:
    return TileLayer(name=name, bottoms=["x"], tops=[name], axis=axis, tiles=tiles)


def flatten(name: str, **options: int) -> Layer:
    return FlattenLayer(name=name, bottoms=["x"], tops=[name], **options)


def slices(name: str, count: int, axis: int = 1, points: tuple[int, ...] = ()) -> Layer:
    tops = [f"{name}_{k}" for k in range(count)]
    return SliceLayer(name=name, bottoms=["x"], tops=tops, axis=axis, slice_points=points)


def concat(name: str, axis: int, *bottoms: str) -> Layer:
    return ConcatLayer(name=name, bottoms=bottoms, tops=[name], axis=axis)


def scale(name: str, *bottoms: str, **options: Any) -> Layer:
    return ScaleLayer(name=name, bottoms=bottoms, tops=[name], **options)


def bias(name: str, *bottoms: str, **options: Any) -> Layer:
    return BiasLayer(name=name, bottoms=bottoms, tops=[name], **options)


def inner_product(name: str, **options: Any) -> Layer:
    return InnerProductLayer(name=name, bottoms=["x"], tops=[name], output_dim=5, **options)


INNER_PRODUCTS = (
    inner_product("ip"),
    inner_product("ip_nobias", bias=False),
    inner_product("ip_axis2", axis=2),
    inner_product("ip_last", axis=-1),
    inner_product("ip_transpose", transposed=True),
)

SHAPES = (
    flatten("flatten"),
    flatten("flatten_mid", end_axis=2),
    flatten("flatten_m2", axis=-2),
    flatten("flatten_all", axis=0),
    reshape("reshape_0m1", 0, -1, 9, axis=0),
    reshape("reshape_axis1", 3, 2, num_axes=1),
    reshape("reshape_ins", 1, num_axes=0),
    reshape("reshape_neg", 3, 3, axis=3, num_axes=1),
    reshape("reshape_end", 1, 1, axis=-1),
    concat("concat_c", 1, "x", "y"),
    concat("concat_n", 0, "x", "y"),
    concat("concat_w", -1, "x", "y"),
    concat("concat_dim", 2, "x", "y", "x"),
    concat("concat_one", 1, "x"),
    slices("slice_c", 3),
    slices("slice_pts", 3, points=(1, 4)),
    slices("slice_n", 2, axis=0),
    slices("slice_dim", 2, axis=2, points=(3,)),
    slices("slice_w", 4, axis=-1, points=(2, 3, 8)),
    SplitLayer(name="split2", bottoms=["x"], tops=["split2_0", "split2_1"]),
)

ELTWISE = (
    elt("elt_sum", F.Add(), "x", "y"),
    elt("elt_coeff", F.Sum([0.5, -2.0]), "x", "y"),
    elt("elt_prod", F.Product(), "x", "y"),
    elt("elt_prod_unstable", F.Product(stable=False), "x", "y"),
    elt("elt_max", F.Maximum(), "x", "y"),
    elt("elt_sum3", F.Sum([1.0, 2.0, 3.0]), "x", "y", "x"),
    elt("elt_prod3", F.Product(), "x", "y", "x"),
    elt("elt_max3", F.Maximum(), "x", "y", "kv"),
    ParameterLayer(name="parameter", tops=["parameter"], shape=(2, 6, 7, 9)),
    elt("elt_param", F.Sum([1.0, 0.5]), "x", "parameter"),
)

REDUCTIONS = (
    reduction("red_sum"),
    reduction("red_asum", operation="asum", axis=1),
    reduction("red_sumsq", operation="sumsq", axis=2, coeff=0.5),
    reduction("red_mean", operation="mean", axis=1, coeff=2.0),
    reduction("red_mean_all", operation="mean"),
    reduction("red_last", axis=-1),
    tile("tile_c", 3),
    tile("tile_n", 2, axis=0),
    tile("tile_w", 2, axis=-1),
)

SCALES = (
    scale("scale_c", "x"),
    scale("scale_cb", "x", bias=True),
    scale("scale_hw", "x", axis=2, num_axes=2),
    scale("scale_rest", "x", num_axes=-1, bias=True),
    scale("scale_w", "x", axis=-1),
    scale("scale2_c", "x", "c"),
    scale("scale2_n", "x", "wv", axis=0),
    scale("scale2_cb", "x", "c", bias=True),
    scale("scale2_same", "x", "y", axis=0),
    scale("scale2_scalar", "x", num_axes=0),
    bias("bias_c", "x"),
    bias("bias_hw", "x", axis=2, num_axes=2),
    bias("bias_scalar", "x", axis=0, num_axes=0),
    bias("bias2_c", "x", "c"),
    bias("bias2_n", "x", "wv", axis=0),
)

LAYERS = (*INNER_PRODUCTS, *SHAPES, *ELTWISE, *REDUCTIONS, *SCALES)


def scales(caffe: Arrays) -> Arrays:
    """The scale that is a blob in Caffe and a parameter here: a batch of scalars is no scalar."""
    return {"scale2_scalar/0": caffe["blobs/cs_in"]}
