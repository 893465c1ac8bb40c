"""The kernel of `SoftmaxLossLayer`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layers.class_weights import class_weights
from mocha_core.layers.losses import FLOOR

from ..workspace import Want, carve, request
from .softmax import column_shape


class SoftmaxLoss(Kernel):
    """Keeps the probabilities p, so that backward is dx = rate w_y (p - onehot(y)), and reads neither bottom again.

    A label outside the classes counts as none: no loss, no gradient.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if layer.ignore_label is not None:
            return Decline("one of the labels is to be ignored")
        forward, step = _forward_wants(site), _step_wants(site)
        return Accept(request(site.dtype, forward=forward, step=step), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        layer, x = state.layer, state.bottoms[0].array
        self.axis, self.x, self.loss = layer.axis, x, state.tops[0].array
        self.column, self.scores = carve(state.scratch[0].array, _forward_wants(state.site))
        self.p, self.weight, self.number = carve(state.scratch[2].array, _step_wants(state.site))
        self.label = state.bottoms[1].array.reshape(self.weight.shape)
        self.starts, self.stride = _starts(x.shape, layer.axis)
        self.last = x.shape[layer.axis] - 1
        self.rate, self.loss_weight = layer.fixed_rate(x.shape), layer.loss_weight
        self.floor = math.log(FLOOR)
        self.weights = _flat_weights(layer, x.shape, str(x.dtype)) if layer.weights else None
        self.dx = state.bottom_diffs[0].array if state.bottom_diffs and state.bottom_diffs[0] is not None else None

    def forward(self) -> None:
        self._find_labels()
        np.max(self.x, axis=self.axis, keepdims=True, out=self.column)
        np.subtract(self.x, self.column, out=self.p)
        np.take(self.p.reshape(-1), self.number, out=self.scores, mode="clip")
        np.exp(self.p, out=self.p)
        np.sum(self.p, axis=self.axis, keepdims=True, out=self.column)
        np.divide(self.p, self.column, out=self.p)
        np.log(self.column, out=self.column)
        np.subtract(self.scores, self.column, out=self.scores)
        np.maximum(self.scores, self.floor, out=self.scores)
        np.multiply(self.scores, self.weight, out=self.scores)
        np.sum(self.scores, out=self.loss)
        np.negative(self.loss, out=self.loss)

    def backward(self) -> None:
        if self.dx is None:
            return
        np.multiply(self.p, self.weight, out=self.dx)
        np.subtract.at(self.dx.reshape(-1), self.number.reshape(-1), self.weight.reshape(-1))
        if self.loss_weight != 1:
            np.multiply(self.dx, self.loss_weight, out=self.dx)

    def _find_labels(self) -> None:
        """`number`: of the label's element among all of x.   `weight`: rate w_y, 0 for a label that is no class."""
        np.rint(self.label, out=self.column)
        np.fmax(self.column, 0, out=self.scores)
        np.fmin(self.scores, self.last, out=self.scores)
        np.copyto(self.number, self.scores, casting="unsafe")
        np.equal(self.scores, self.column, out=self.weight)
        np.multiply(self.weight, self.rate, out=self.weight)
        np.multiply(self.number, self.stride, out=self.number)
        np.add(self.number, self.starts, out=self.number)
        if self.weights is not None:
            np.take(self.weights, self.number, out=self.scores, mode="wrap")
            np.multiply(self.weight, self.scores, out=self.weight)


def _starts(shape: Shape, axis: int) -> tuple[Array, int]:
    """For each location the number of its first class among all elements, and the step to the next class."""
    numbers = np.arange(math.prod(shape)).reshape(shape)
    stride = math.prod(shape[axis % len(shape) + 1 :])
    return np.ascontiguousarray(numbers.take([0], axis=axis)), stride


def _flat_weights(layer: Any, shape: Shape, dtype: str) -> Array:
    """Class weights for all elements of a sample, or of the batch; the numbers of elements wrap around in them."""
    weights = class_weights(layer.weights, layer.normalize, shape, layer.axis)
    return np.broadcast_to(weights, (len(weights), *shape[1:])).astype(dtype).reshape(-1)


def _forward_wants(site: Site) -> list[Want]:
    return [_column(site), _column(site)]


def _step_wants(site: Site) -> list[Want]:
    column = _column(site)
    return [Want(site.bottoms[0].shape, site.dtype), column, Want(column.shape, "intp")]


def _column(site: Site) -> Want:
    layer: Any = site.layer
    return Want(column_shape(site.bottoms[0].shape, layer.axis), site.dtype)
