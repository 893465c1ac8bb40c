"""Normalisation, and small arrays that lie along some axes."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.layers import BatchNormLayer, BiasLayer, LRNLayer, MVNLayer, PReLULayer, ScaleLayer
from mocha_core.layers.placing import Place as Axes
from mocha_core.layers.placing import channels, place, placed
from mocha_core.ops import Axis, Grid
from mocha_core.plan import TEST

from ..graph import Value
from ..place import Place
from ..registry import translates
from .pooling import mean


def spread(at: Place, of: Axes, name: str, second: bool = False) -> Value:
    """A small parameter, or the second bottom, in a shape that broadcasts with the first bottom."""
    before, after = (1,) * of.first, (1,) * (len(of.shape) - of.last)
    if not second:
        return at.param(name, (*before, *of.small, *after))
    return at.reshape(at.xs[1], (*before, *at.dims[1], *after)) if before or after else at.xs[1]


@translates(ScaleLayer)
def scale(layer: ScaleLayer, at: Place) -> list[Value]:
    """Factors, and biases."""
    of = placed(layer, at.bottoms, layer.axis, layer.num_axes)
    y = at.xs[0] * spread(at, of, "scale", second=len(at.xs) == 2)
    return [y + spread(at, of, "bias") if layer.bias else y]


@translates(BiasLayer)
def bias(layer: BiasLayer, at: Place) -> list[Value]:
    """Biases."""
    of = placed(layer, at.bottoms, layer.axis, layer.num_axes)
    return [at.xs[0] + spread(at, of, "bias", second=len(at.xs) == 2)]


@translates(PReLULayer)
def prelu(layer: PReLULayer, at: Place) -> list[Value]:
    """Slopes of channels."""
    (x,) = at.bottoms
    of = place(layer, x, 0, 0) if layer.shared else channels(layer, x, layer.axis)
    slope = at.param("slope", (1,) if layer.shared else (*of.small, *(1,) * (len(x.shape) - of.last)))
    return [at.op("PRelu", at.xs[0], slope)]


@translates(BatchNormLayer)
def batch_norm(layer: BatchNormLayer, at: Place) -> list[Value]:
    """(x - mean) / sqrt(var + eps), mean and var being those of training; of the batch where the layer says so."""
    (x,), of = at.xs, channels(layer, at.bottoms[0], layer.axis)
    if layer.uses_batch(TEST):
        centred = x - at.reduce("ReduceMean", x, of.others)
        var = at.reduce("ReduceMean", centred * centred, of.others)
        return [centred / at.op("Sqrt", var + layer.eps)]
    if of.first == 1:
        one, none = (at.constant(np.full(of.small, number, np.float32)) for number in (1.0, 0.0))
        statistics = at.param("mean"), at.param("var")
        return [at.op("BatchNormalization", x, one, none, *statistics, epsilon=float(layer.eps))]
    return [(x - spread(at, of, "mean")) / at.op("Sqrt", spread(at, of, "var") + layer.eps)]


@translates(MVNLayer)
def mvn(layer: MVNLayer, at: Place) -> list[Value]:
    """eps after the root, which ONNX's MeanVarianceNormalization has not."""
    (x,), axes = at.xs, range(1 if layer.across_channels else 2, len(at.dims[0]))
    centred = x - at.reduce("ReduceMean", x, axes)
    if not layer.normalize_variance:
        return [centred]
    deviation = at.op("Sqrt", at.reduce("ReduceMean", centred * centred, axes))
    return [centred / (deviation + layer.eps)]


@translates(LRNLayer)
def lrn(layer: LRNLayer, at: Place) -> list[Value]:
    """ONNX's LRN where it is the same; else the mean of squares by pooling."""
    (x,) = at.xs
    plain = layer.axes() == (1,) and layer.kernel % 2 == 1 and layer.scale > 0 and layer.power > 0
    if plain:
        options = {"alpha": layer.scale, "beta": layer.power, "bias": layer.shift}
        return [at.op("LRN", x, size=layer.kernel, **{name: float(value) for name, value in options.items()})]
    means = _mean_within(layer, at, x * x) if len(layer.axes()) == 2 else _mean_along(layer, at, x * x)
    return [x * (means * layer.scale + layer.shift) ** -layer.power]


def _mean_within(layer: LRNLayer, at: Place, squares: Value) -> Value:
    """Of the neighbours in a square."""
    shape = at.bottoms[0].shape[2:]
    return mean(at, squares, Grid(tuple(_neighbours(size, layer.kernel) for size in shape)))


def _mean_along(layer: LRNLayer, at: Place, squares: Value) -> Value:
    """Of the neighbours along one axis, seen as the height of images."""
    axis, shape = layer.axes()[0], at.bottoms[0].shape
    size, after = shape[axis], math.prod(shape[axis + 1 :])
    image = at.reshape(squares, (None, 1, size, after))
    grid = Grid((_neighbours(size, layer.kernel), Axis.convolution(after, kernel=1)))
    return at.reshape(mean(at, image, grid), at.dims[0])


def _neighbours(size: int, kernel: int) -> Axis:
    """As many windows as elements; an even kernel reaches one further ahead."""
    return Axis(size, size, kernel, 1, (kernel - 1) // 2)
