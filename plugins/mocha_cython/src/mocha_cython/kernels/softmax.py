"""The kernels of `SoftmaxLayer`, `SoftmaxLossLayer` and `AccuracyLayer`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layers.class_weights import class_weights
from mocha_core.layers.labels import label_shape
from mocha_core.layers.losses import FLOOR
from mocha_cpu.workspace import Want, carve, request

from .. import _softmax as native


class Softmax(Kernel):
    """y = softmax(x);  dx = (dy - sum dy y) y."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept() if site.dtype == "float32" else Decline(f"{site.dtype}")

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.softmaxes = []
        for index, (x, y) in enumerate(zip(state.bottoms, state.tops, strict=True)):
            dx = state.bottom_diffs[index] if state.bottom_diffs else None
            diffs = () if dx is None else (state.top_diffs[index].array, dx.array)
            shape = split(x.array.shape, state.layer.axis)
            self.softmaxes.append(native.Softmax(backend.level, backend.threads, shape, x.array, y.array, *diffs))
        wanted = zip(self.softmaxes, state.bottom_diffs, strict=False)
        self.wanted = [softmax for softmax, dx in wanted if dx is not None]

    def forward(self) -> None:
        for softmax in self.softmaxes:
            softmax.forward()

    def backward(self) -> None:
        for softmax in self.wanted:
            softmax.backward()


class SoftmaxLoss(Kernel):
    """Keeps the probabilities and what each location weighs, so that backward reads only the labels again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if site.dtype != "float32":
            return Decline(f"{site.dtype}")
        if layer.ignore_label is not None:
            return Decline("one of the labels is to be ignored")
        return Accept(request(site.dtype, forward=[_column(site)], step=_kept(site)), saves=frozenset({"x1"}))

    def __init__(self, backend: Any, state: LayerState) -> None:
        layer, site, (x, label) = state.layer, state.site, state.bottoms
        (terms,) = carve(state.scratch[0].array, [_column(site)])
        share, *y = carve(state.scratch[2].array, _kept(site))
        shape = split(x.array.shape, layer.axis)
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        self.loss = native.SoftmaxLoss(
            backend.level,
            backend.threads,
            shape,
            x.array,
            label.array,
            _flat_weights(layer, x.array.shape) if layer.weights else None,
            layer.fixed_rate(x.array.shape),
            math.log(FLOOR),
            state.tops[0].array,
            share,
            terms,
            y[0] if y else None,
            None if dx is None else dx.array,
        )
        self.dx, self.loss_weight = None if dx is None else dx.array, layer.loss_weight

    def forward(self) -> None:
        self.loss.forward()

    def backward(self) -> None:
        if self.dx is None:
            return
        self.loss.backward()
        if self.loss_weight != 1:
            np.multiply(self.dx, self.loss_weight, out=self.dx)


class Accuracy(Kernel):
    """The share of labels whose score is among the highest."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if layer.counts_items or layer.ties != "first":
            return Decline("labels are ignored, or counted for each class, or lose against equal scores")
        return Accept() if site.dtype == "float32" else Decline(f"{site.dtype}")

    def __init__(self, backend: Any, state: LayerState) -> None:
        layer, (x, label) = state.layer, (blob.array for blob in state.bottoms)
        shape = split(x.shape, layer.axis)
        self.share = native.Accuracy(backend.level, shape, layer.top_k, x, label, state.tops[0].array)

    def forward(self) -> None:
        self.share.forward()


def split(shape: Shape, axis: int) -> tuple[int, int, int]:
    """Sizes before, along and after an axis.

    >>> split((8, 21, 5, 6), 1)
    (8, 21, 30)
    """
    axis %= len(shape)
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _flat_weights(layer: Any, shape: Shape) -> Array:
    """Class weights of a sample's elements, or of all; numbers of elements wrap around in them."""
    weights = class_weights(layer.weights, layer.normalize, shape, layer.axis)
    return np.broadcast_to(weights, (len(weights), *shape[1:])).astype("float32").reshape(-1)


def _column(site: Site) -> Want:
    layer: Any = site.layer
    return Want(label_shape(site.bottoms[0].shape, layer.axis), site.dtype)


def _kept(site: Site) -> list[Want]:
    """Each location's share, and the probabilities if there is a backward."""
    return [_column(site), *([Want(site.bottoms[0].shape, site.dtype)] if any(site.wants) else [])]
