"""Fully connected layers, and look-up tables."""

from __future__ import annotations

import math
from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import EmbeddingLayer, InnerProductLayer, ReshapeLayer

from ...formats import Message
from ..given import CaffeLayer
from ..learning import ZERO, initializer, learning
from ..registry import translates
from ..translated import Slot, Translated


@translates("InnerProduct")
def inner_product(layer: CaffeLayer) -> Translated:
    """Caffe's bias is (num_output,), and Mocha's (1, num_output)."""
    block = layer.block("inner_product_param")
    options = common(layer, block)
    axis = block.axis + len(layer.shape) if block.axis < 0 else block.axis
    if axis > 1:
        options["axis"] = axis
    if block.transpose:
        options["transposed"] = True
    made = layer.make(InnerProductLayer, output_dim=block.num_output, **options)
    layers, of = (_of_all_numbers(layer, made), 1) if axis == 0 else ((made,), 0)
    slots = (Slot(param="weight", of=of), Slot(param="bias", shape=(block.num_output,), of=of))
    return Translated(layers=layers, slots=slots if block.bias_term else slots[:1])


def _of_all_numbers(layer: CaffeLayer, made: InnerProductLayer) -> tuple[Layer, ...]:
    """With axis 0: the blob, as one row, becomes num_output numbers; Mocha's layer has a batch before them."""
    row, product = layer.step("row"), layer.step("product")
    return (
        layer.make(ReshapeLayer, name=row, tops=[row], shape=(1, math.prod(layer.shape)), axis=0),
        made.replace(bottoms=[row], tops=[product]),
        layer.make(ReshapeLayer, name=layer.step("numbers"), bottoms=[product], shape=(made.output_dim,), axis=0),
    )


@translates("Embed")
def embed(layer: CaffeLayer) -> Layer:
    """The weight is (input_dim, num_output), as in Mocha."""
    block = layer.block("embed_param")
    return layer.make(EmbeddingLayer, input_dim=block.input_dim, output_dim=block.num_output, **common(layer, block))


def common(layer: CaffeLayer, block: Message) -> dict[str, Any]:
    """How weight and bias start and learn."""
    if "num_output" not in block:
        raise layer.refuse("num_output is missing: how many numbers come out")
    names = ("weight", "bias") if block.bias_term else ("weight",)
    options = learning(layer, *names) | {"weight_init": initializer(layer, block, "weight_filler")}
    if not block.bias_term:
        return options | {"bias": False}
    return options | {"bias_init": initializer(layer, block, "bias_filler", ZERO)}
