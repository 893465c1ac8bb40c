"""Layers that compute number by number, or one number of several."""

from __future__ import annotations

import math
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from mocha_core.layers import (
    ArgmaxLayer,
    ElementWiseLayer,
    ExpLayer,
    Index2OnehotLayer,
    LogLayer,
    PowerLayer,
    ReductionLayer,
    SoftmaxLayer,
    ThresholdLayer,
)
from mocha_core.layers.functors import Add, Divide, Multiply, Subtract
from mocha_core.layers.functors_of_many import Maximum, Product, Sum

from ..graph import Value
from ..place import Place
from ..registry import translates


def linear(x: Value, rate: float, shift: float) -> Value:
    """rate x + shift, without nodes that do nothing."""
    y = x if rate == 1 else rate * x
    return y + shift if shift else y


@translates(PowerLayer)
def power(layer: PowerLayer, at: Place) -> list[Value]:
    """(scale x + shift)^power."""
    return [_power(at, linear(x, layer.scale, layer.shift), layer.power) for x in at.xs]


def _power(at: Place, base: Value, power: float) -> Value:
    return at.op("Identity", base) if power == 1 else base**power


@translates(ExpLayer)
def exp(layer: ExpLayer, at: Place) -> list[Value]:
    """base^(scale x + shift)."""
    rate = math.log(layer.base)
    return [at.op("Exp", linear(x, rate * layer.scale, rate * layer.shift)) for x in at.xs]


@translates(LogLayer)
def log(layer: LogLayer, at: Place) -> list[Value]:
    """log(scale x + shift) to the base."""
    return [at.op("Log", linear(x, layer.scale, layer.shift)) * (1 / math.log(layer.base)) for x in at.xs]


@translates(ThresholdLayer)
def threshold(layer: ThresholdLayer, at: Place) -> list[Value]:
    """1 above the threshold."""
    return [at.cast(at.op("Greater", x, at.graph.wrap(layer.threshold)), np.float32) for x in at.xs]


@translates(SoftmaxLayer)
def softmax(layer: SoftmaxLayer, at: Place) -> list[Value]:
    """Along the axis."""
    return [at.op("Softmax", x, axis=layer.axis) for x in at.xs]


@translates(ArgmaxLayer)
def argmax(layer: ArgmaxLayer, at: Place) -> list[Value]:
    """The first largest, as a float."""
    return [at.cast(at.op("ArgMax", x, axis=layer.axis, keepdims=1), np.float32) for x in at.xs]


@translates(Index2OnehotLayer)
def index2onehot(layer: Index2OnehotLayer, at: Place) -> list[Value]:
    """1 at the number."""
    (x,), line = at.xs, [1] * len(at.dims[0])
    line[layer.axis] = layer.n_class
    numbers = at.constant(np.arange(layer.n_class, dtype=np.float32).reshape(line))
    return [at.cast(at.op("Equal", at.op("Round", x), numbers), np.float32)]


@translates(ReductionLayer)
def reduction(layer: ReductionLayer, at: Place) -> list[Value]:
    """coeff times one number for the axes from `axis` on."""
    return [_reduced(layer, at, x, len(dims)) for x, dims in zip(at.xs, at.dims, strict=True)]


def _reduced(layer: ReductionLayer, at: Place, x: Value, axes: int) -> Value:
    op = {"sum": "ReduceSum", "asum": "ReduceL1", "sumsq": "ReduceSumSquare", "mean": "ReduceMean"}[layer.operation]
    y = at.reduce(op, x, range(layer.axis % axes, axes), keepdims=False)
    return y if layer.coeff == 1 else layer.coeff * y


OPERATORS: dict[type[Any], str] = {Add: "Add", Subtract: "Sub", Multiply: "Mul", Divide: "Div", Maximum: "Max"}


@translates(ElementWiseLayer)
def element_wise(layer: ElementWiseLayer, at: Place) -> list[Value]:
    """One operator, or a chain of them."""
    operation = layer.operation
    if isinstance(operation, Product):
        return [reduce(mul, at.xs)]
    if isinstance(operation, Sum):
        coefficients = operation.coefficients or (1.0,) * len(at.xs)
        return [at.op("Sum", *(linear(x, c, 0.0) for x, c in zip(at.xs, coefficients, strict=True)))]
    if type(operation) not in OPERATORS:
        raise at.refuse(f"there is no translation of the operation {operation!r}")
    return [at.op(OPERATORS[type(operation)], *at.xs)]
