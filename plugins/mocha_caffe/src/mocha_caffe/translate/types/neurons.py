"""Layers that work number by number; most of them may overwrite their bottom."""

from __future__ import annotations

import math

from mocha_core.initializers import ConstantInitializer
from mocha_core.layer import Layer
from mocha_core.layers import (
    DropoutLayer,
    ExpLayer,
    IdentityLayer,
    LogLayer,
    NeuronLayer,
    PowerLayer,
    PReLULayer,
    ThresholdLayer,
)
from mocha_core.neurons import Neuron, Neurons

from ..given import CaffeLayer
from ..learning import initializer, learning
from ..registry import translates
from ..translated import Slot, Translated

SLOPE = 0.25


def neuron(layer: CaffeLayer, function: Neuron) -> Layer:
    """A layer of neurons: in place if it has no tops."""
    return layer.make(NeuronLayer, neuron=function)


@translates("ReLU", in_place=True)
def relu(layer: CaffeLayer) -> Layer:
    """negative_slope makes it leaky."""
    slope = layer.block("relu_param").negative_slope
    return neuron(layer, Neurons.LReLU(slope) if slope else Neurons.ReLU())


@translates("Sigmoid", in_place=True)
def sigmoid(layer: CaffeLayer) -> Layer:
    """1 / (1 + e^-x)."""
    return neuron(layer, Neurons.Sigmoid())


@translates("TanH", in_place=True)
def tanh(layer: CaffeLayer) -> Layer:
    """tanh x."""
    return neuron(layer, Neurons.Tanh())


@translates("BNLL", in_place=True)
def bnll(layer: CaffeLayer) -> Layer:
    """log(1 + e^x)."""
    return neuron(layer, Neurons.Softplus())


@translates("AbsVal", in_place=True)
def absval(layer: CaffeLayer) -> Layer:
    """|x|."""
    return neuron(layer, Neurons.Abs())


@translates("ELU", in_place=True)
def elu(layer: CaffeLayer) -> Layer:
    """x, or alpha (e^x - 1) below 0."""
    return neuron(layer, Neurons.ELU(layer.block("elu_param").alpha))


@translates("Swish", in_place=True)
def swish(layer: CaffeLayer) -> Layer:
    """x sigmoid(beta x)."""
    return neuron(layer, Neurons.Swish(layer.block("swish_param").beta))


@translates("Clip", in_place=True)
def clip(layer: CaffeLayer) -> Layer:
    """max(min, min(x, max))."""
    block = layer.block("clip_param")
    return neuron(layer, Neurons.Clip(block.min, block.max))


@translates("ReLU6", in_place=True)
def relu6(layer: CaffeLayer) -> Layer:
    """The rectifier that stops at 6, or at the threshold."""
    block = layer.block("relu6_param")
    if block.negative_slope:
        raise layer.refuse(f"negative_slope is {block.negative_slope}; below 0 it is known to give 0 only")
    return neuron(layer, Neurons.Clip(0.0, block.threshold))


@translates("PReLU")
def prelu(layer: CaffeLayer) -> Translated:
    """Slopes (channels,), or one for all, which converters write as (1,); 0.25 where no filler says."""
    block = layer.block("prelu_param")
    start = initializer(layer, block, "filler", ConstantInitializer(SLOPE))
    made = layer.make(PReLULayer, shared=block.channel_shared, slope_init=start, **learning(layer, "slope"))
    return Translated(layers=(made,), slots=(Slot(param="slope", loose=True),))


@translates("Power")
def power(layer: CaffeLayer) -> Layer:
    """(shift + scale x)^power."""
    block = layer.block("power_param")
    return layer.make(PowerLayer, power=block.power, scale=block.scale, shift=block.shift)


@translates("Exp")
def exp(layer: CaffeLayer) -> Layer:
    """base^(shift + scale x); a base of -1 means e."""
    block = layer.block("exp_param")
    return layer.make(ExpLayer, base=_base(block.base), scale=block.scale, shift=block.shift)


@translates("Log")
def log(layer: CaffeLayer) -> Layer:
    """The logarithm to that base of shift + scale x; a base of -1 means e."""
    block = layer.block("log_param")
    return layer.make(LogLayer, base=_base(block.base), scale=block.scale, shift=block.shift)


def _base(base: float) -> float:
    return math.e if base == -1 else base


@translates("Threshold")
def threshold(layer: CaffeLayer) -> Layer:
    """1 above the threshold, else 0."""
    return layer.make(ThresholdLayer, threshold=layer.block("threshold_param").threshold)


@translates("Dropout", in_place=True)
def dropout(layer: CaffeLayer) -> Layer | tuple[Layer, ...]:
    """What is kept in training is divided by 1 - dropout_ratio, or, with the forks' scale_train: false, not."""
    block = layer.block("dropout_param")
    if block.dropout_ratio:
        return layer.make(DropoutLayer, ratio=block.dropout_ratio, auto_scale=block.scale_train)
    return layer.make(IdentityLayer) if layer.tops else ()
