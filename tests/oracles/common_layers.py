"""Caffe's zoo_common from our layers. Names with a `/` are steps towards a layer that Mocha lacks."""

from __future__ import annotations

from mocha_core import (
    ConcatLayer,
    ElementWiseFunctors,
    ElementWiseLayer,
    InnerProductLayer,
    Layer,
    NeuronLayer,
    Neurons,
    PowerLayer,
    ReshapeLayer,
    SplitLayer,
)
from mocha_core.layers.functors import Functor

ADD, SUBTRACT, MULTIPLY = ElementWiseFunctors.Add(), ElementWiseFunctors.Subtract(), ElementWiseFunctors.Multiply()

ELSEWHERE = {
    "ip_axis2 ip_last ip_transpose": "InnerProduct with another axis, or a weight stored transposed",
    "flatten_all": "Reshape of the batch axis",
    "red_sum red_asum red_sumsq red_mean red_mean_all red_last": "no Reduction",
    "tile_c tile_n tile_w": "no Tile",
    "scale_c scale_cb scale_hw scale_rest scale_w": "no Scale",
    "scale2_c scale2_n scale2_cb scale2_scalar": "no Scale by another blob, except of the same shape",
    "bias_c bias_hw bias_scalar bias2_c bias2_n": "no Bias",
    "concat_one": "Concat of one bottom",
    "slice_c_0 slice_c_1 slice_c_2 slice_pts_0 slice_pts_1 slice_pts_2 slice_n_0 slice_n_1": "no Slice",
    "slice_dim_0 slice_dim_1 slice_w_0 slice_w_1 slice_w_2 slice_w_3": "no Slice",
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


def concat(name: str, axis: int, *bottoms: str) -> Layer:
    return ConcatLayer(name=name, bottoms=bottoms, tops=[name], axis=axis)


INNER_PRODUCTS = (
    InnerProductLayer(name="ip", bottoms=["x"], tops=["ip"], output_dim=5),
    InnerProductLayer(name="ip_nobias", bottoms=["x"], tops=["ip_nobias"], output_dim=5, bias=False),
)

SHAPES = (
    reshape("flatten", -1),
    reshape("flatten_mid", 42, 9),
    reshape("flatten_m2", 6, -1),
    reshape("reshape_0m1", -1, 9),
    reshape("reshape_axis1", 3, 2, 7, 9),
    reshape("reshape_ins", 1, 6, 7, 9),
    reshape("reshape_neg", 6, 7, 3, 3),
    reshape("reshape_end", 6, 7, 9, 1, 1),
    concat("concat_c", 1, "x", "y"),
    concat("concat_n", 0, "x", "y"),
    concat("concat_w", -1, "x", "y"),
    concat("concat_dim", 2, "x", "y", "x"),
    SplitLayer(name="split2", bottoms=["x"], tops=["split2_0", "split2_1"]),
)

ELTWISE = (
    elt("elt_sum", ADD, "x", "y"),
    times("elt_coeff/x", "x", 0.5),
    times("elt_coeff/y", "y", -2.0),
    elt("elt_coeff", ADD, "elt_coeff/x", "elt_coeff/y"),
    elt("elt_prod", MULTIPLY, "x", "y"),
    elt("elt_prod_unstable", MULTIPLY, "x", "y"),
    elt("scale2_same", MULTIPLY, "x", "y"),
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

LAYERS = (*INNER_PRODUCTS, *SHAPES, *ELTWISE)
