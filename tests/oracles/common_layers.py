"""Caffe's zoo_common from our layers. Names with a `/` are steps towards a layer that Mocha lacks."""

from __future__ import annotations

from typing import Any

from mocha_core import (
    BiasLayer,
    ConcatLayer,
    ElementWiseFunctors,
    ElementWiseLayer,
    FlattenLayer,
    InnerProductLayer,
    Layer,
    NeuronLayer,
    Neurons,
    PowerLayer,
    ReshapeLayer,
    ScaleLayer,
    SliceLayer,
    SplitLayer,
)
from mocha_core.layers.functors import Functor

from .dumps import Arrays

ADD, SUBTRACT, MULTIPLY = ElementWiseFunctors.Add(), ElementWiseFunctors.Subtract(), ElementWiseFunctors.Multiply()

ELSEWHERE = {
    "ip_axis2 ip_last ip_transpose": "InnerProduct with another axis, or a weight stored transposed",
    "red_sum red_asum red_sumsq red_mean red_mean_all red_last": "no Reduction",
    "tile_c tile_n tile_w": "no Tile",
    "concat_one": "Concat of one bottom",
    "parameter elt_param": "no Parameter",
    "to_silence": "Silence is a blob that nobody reads",
    "x y kv c wv": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make yet, and why."""


def elt(name: str, operation: Functor, *bottoms: str) -> Layer:
    return ElementWiseLayer(name=name, bottoms=bottoms, tops=[name], operation=operation)


def times(name: str, bottom: str, scale: float) -> Layer:
    return PowerLayer(name=name, bottoms=[bottom], tops=[name], scale=scale)


def largest(name: str, a: str, b: str) -> list[Layer]:
    """max(a, b) = b + relu(a - b)."""
    relu = NeuronLayer(name=f"{name}/relu", bottoms=[f"{name}/gap"], neuron=Neurons.ReLU())
    return [elt(f"{name}/gap", SUBTRACT, a, b), relu, elt(name, ADD, f"{name}/gap", b)]


def reshape(name: str, *shape: int) -> Layer:
    return ReshapeLayer(name=name, bottoms=["x"], tops=[name], shape=shape)


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


INNER_PRODUCTS = (
    InnerProductLayer(name="ip", bottoms=["x"], tops=["ip"], output_dim=5),
    InnerProductLayer(name="ip_nobias", bottoms=["x"], tops=["ip_nobias"], output_dim=5, bias=False),
)

SHAPES = (
    flatten("flatten"),
    flatten("flatten_mid", end_axis=2),
    flatten("flatten_m2", axis=-2),
    flatten("flatten_all", axis=0),
    reshape("reshape_0m1", -1, 9),
    reshape("reshape_axis1", 3, 2, 7, 9),
    reshape("reshape_ins", 1, 6, 7, 9),
    reshape("reshape_neg", 6, 7, 3, 3),
    reshape("reshape_end", 6, 7, 9, 1, 1),
    concat("concat_c", 1, "x", "y"),
    concat("concat_n", 0, "x", "y"),
    concat("concat_w", -1, "x", "y"),
    concat("concat_dim", 2, "x", "y", "x"),
    slices("slice_c", 3),
    slices("slice_pts", 3, points=(1, 4)),
    slices("slice_n", 2, axis=0),
    slices("slice_dim", 2, axis=2, points=(3,)),
    slices("slice_w", 4, axis=-1, points=(2, 3, 8)),
    SplitLayer(name="split2", bottoms=["x"], tops=["split2_0", "split2_1"]),
)

ELTWISE = (
    elt("elt_sum", ADD, "x", "y"),
    times("elt_coeff/x", "x", 0.5),
    times("elt_coeff/y", "y", -2.0),
    elt("elt_coeff", ADD, "elt_coeff/x", "elt_coeff/y"),
    elt("elt_prod", MULTIPLY, "x", "y"),
    elt("elt_prod_unstable", MULTIPLY, "x", "y"),
    *largest("elt_max", "x", "y"),
    times("elt_sum3/2y", "y", 2.0),
    times("elt_sum3/3x", "x", 3.0),
    elt("elt_sum3/xy", ADD, "x", "elt_sum3/2y"),
    elt("elt_sum3", ADD, "elt_sum3/xy", "elt_sum3/3x"),
    elt("elt_prod3/xy", MULTIPLY, "x", "y"),
    elt("elt_prod3", MULTIPLY, "elt_prod3/xy", "x"),
    *largest("elt_max3/xy", "x", "y"),
    *largest("elt_max3", "elt_max3/xy", "kv"),
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

LAYERS = (*INNER_PRODUCTS, *SHAPES, *ELTWISE, *SCALES)


def scales(caffe: Arrays) -> Arrays:
    """The scale that is a blob in Caffe and a parameter here: a batch of scalars is no scalar."""
    return {"scale2_scalar/0": caffe["blobs/cs_in"]}
