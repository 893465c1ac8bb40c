"""Convolution, deconvolution, fully connected layers, embeddings."""

from __future__ import annotations

from typing import Any

from mocha_core.layers import (
    ConvolutionLayer,
    DeconvolutionLayer,
    EmbeddingLayer,
    InnerProductLayer,
    TiedInnerProductLayer,
)
from mocha_core.ops import along

from ..graph import Value
from ..place import Place
from ..registry import translates


@translates(ConvolutionLayer)
def convolution(layer: ConvolutionLayer, at: Place) -> list[Value]:
    """ONNX's Conv is Mocha's, sizes and weights alike."""
    return _filtered("Conv", layer, at)


@translates(DeconvolutionLayer)
def deconvolution(layer: DeconvolutionLayer, at: Place) -> list[Value]:
    """ONNX's ConvTranspose is Mocha's, sizes and weights alike."""
    return _filtered("ConvTranspose", layer, at)


def _filtered(op: str, layer: Any, at: Place) -> list[Value]:
    axes = len(at.bottoms[0].shape) - 2
    pads = along(layer.pad, axes)
    options = {
        "kernel_shape": list(along(layer.kernel, axes)),
        "strides": list(along(layer.stride, axes)),
        "dilations": list(along(layer.dilation, axes)),
        "pads": [*pads, *pads],
        "group": layer.n_group,
    }
    parameters = [at.param(name) for name in ("filter", "bias")[: 1 + layer.bias]]
    return [at.op(op, x, *parameters, **options) for x in at.xs]


@translates(InnerProductLayer)
def inner_product(layer: InnerProductLayer, at: Place) -> list[Value]:
    """Rows of features times the weight; axes before the features are put back."""
    return [_product(at, k, layer.axis % len(at.dims[k]), int(not layer.transposed)) for k in range(len(at.xs))]


@translates(TiedInnerProductLayer)
def tied_inner_product(layer: TiedInnerProductLayer, at: Place) -> list[Value]:
    """The encoder's weight as it is stored."""
    return [_product(at, k, 1, 0) for k in range(len(at.xs))]


def _product(at: Place, k: int, axis: int, turned: int) -> Value:
    x, dims = at.xs[k], at.dims[k]
    rows = x if len(dims) == 2 and axis == 1 else at.flattened(x, axis)
    bias = [at.param("bias", (-1,))] if "bias" in at.parameters else []
    y = at.op("Gemm", rows, at.param("weight"), *bias, transB=turned)
    return y if axis == 1 else at.reshape(y, at.top_dims[k])


@translates(EmbeddingLayer)
def embedding(layer: EmbeddingLayer, at: Place) -> list[Value]:
    """Rows of the weight by number."""
    rows = at.op("Gather", at.param("weight"), at.whole(at.xs[0]), axis=0)
    return [rows + at.param("bias") if layer.bias else rows]
