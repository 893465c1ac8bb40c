"""Neurons, and the layer that holds one."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.layers import NeuronLayer
from mocha_core.neurons import (
    ELU,
    GELU,
    Abs,
    Clip,
    Exponential,
    Identity,
    LReLU,
    ReLU,
    Sigmoid,
    Softplus,
    Swish,
    Tanh,
)

from ..graph import Value
from ..place import Place
from ..registry import NEURONS, translates, translation


@translates(NeuronLayer)
def neuron(layer: NeuronLayer, at: Place) -> list[Value]:
    """The neuron on every bottom."""
    function = translation(type(layer.neuron), NEURONS)
    if function is None:
        raise at.refuse(f"there is no translation of {layer.neuron!r}")
    return [function(layer.neuron, at, x) for x in at.xs]


def plain(op: str) -> Any:
    """A neuron that is one operator without options."""
    return lambda neuron, at, x: at.op(op, x)


for kind, op in ((Identity, "Identity"), (Sigmoid, "Sigmoid"), (Tanh, "Tanh"), (Exponential, "Exp"), (Abs, "Abs")):
    translates(kind)(plain(op))
translates(Softplus)(plain("Softplus"))


@translates(ReLU)
def relu(neuron: ReLU, at: Place, x: Value) -> Value:
    """max(epsilon, x)."""
    return at.op("Max", x, at.graph.wrap(neuron.epsilon)) if neuron.epsilon else at.op("Relu", x)


@translates(LReLU)
def leaky_relu(neuron: LReLU, at: Place, x: Value) -> Value:
    """x, or slope x below 0."""
    return at.op("LeakyRelu", x, alpha=float(neuron.slope))


@translates(ELU)
def elu(neuron: ELU, at: Place, x: Value) -> Value:
    """x, or alpha (e^x - 1) below 0."""
    return at.op("Elu", x, alpha=float(neuron.alpha))


@translates(Clip)
def clip(neuron: Clip, at: Place, x: Value) -> Value:
    """Between low and high."""
    return clipped(at, x, neuron.low, neuron.high)


@translates(Swish)
def swish(neuron: Swish, at: Place, x: Value) -> Value:
    """x sigmoid(beta x)."""
    return x * at.op("Sigmoid", x if neuron.beta == 1 else neuron.beta * x)


@translates(GELU)
def gelu(neuron: GELU, at: Place, x: Value) -> Value:
    """x sigmoid(2u), u a cubic function of x."""
    z = clipped(at, x, -neuron.FAR, neuron.FAR)
    return x * at.op("Sigmoid", neuron.RATE * z * (1.0 + neuron.CUBIC * z * z))


def clipped(at: Place, x: Value, low: float, high: float) -> Value:
    """x between two numbers."""
    return at.op("Clip", x, at.constant(np.float32(low)), at.constant(np.float32(high)))
