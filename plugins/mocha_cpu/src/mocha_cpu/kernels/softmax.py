"""The kernel of `SoftmaxLayer`, and the softmax itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.kernel import Accept, Kernel, LayerState, Site

from ..workspace import Want, carve, largest, request


def softmax_into(x: Array, axis: int, y: Array, column: Array) -> None:
    """y = softmax(x); `column`, with size 1 along the axis, is left holding the sum of e^(x - max x)."""
    np.max(x, axis=axis, keepdims=True, out=column)
    np.subtract(x, column, out=y)
    np.exp(y, out=y)
    np.sum(y, axis=axis, keepdims=True, out=column)
    np.divide(y, column, out=y)


def column_shape(shape: Shape, axis: int) -> Shape:
    """`shape` with size 1 along `axis`."""
    axis %= len(shape)
    return (*shape[:axis], 1, *shape[axis + 1 :])


class Softmax(Kernel):
    """y = softmax(x);  dx = (dy - sum dy y) y."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept:
        wants = largest(*([_column(site, index)] for index in range(len(site.bottoms))))
        return Accept(request(site.dtype, forward=wants, backward=wants if any(site.wants) else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        site, self.axis = state.site, state.layer.axis
        forward, backward, _ = (blob.array for blob in state.scratch)
        self.forwards, self.backwards = [], []
        for index, (x, y) in enumerate(zip(state.bottoms, state.tops, strict=True)):
            (column,) = carve(forward, [_column(site, index)])
            self.forwards.append((x.array, y.array, column))
            dx = state.bottom_diffs[index] if state.bottom_diffs else None
            if dx is not None:
                (column,) = carve(backward, [_column(site, index)])
                self.backwards.append((y.array, state.top_diffs[index].array, dx.array, column))

    def forward(self) -> None:
        for x, y, column in self.forwards:
            softmax_into(x, self.axis, y, column)

    def backward(self) -> None:
        for y, dy, dx, column in self.backwards:
            np.multiply(dy, y, out=dx)
            np.sum(dx, axis=self.axis, keepdims=True, out=column)
            np.subtract(dy, column, out=dx)
            np.multiply(dx, y, out=dx)


def _column(site: Site, index: int) -> Want:
    layer: Any = site.layer
    return Want(column_shape(site.bottoms[index].shape, layer.axis), site.dtype)
