"""The kernels of `SoftmaxLayer`, `SoftmaxLossLayer` and `AccuracyLayer`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers.class_weights import class_weights
from mocha_core.layers.labels import label_shape
from mocha_core.layers.losses import FLOOR

from .base import THREADS, Call, CudaKernel, blocks, diffs_of
from .scratch import NOTHING, Want, carve, request
from .sums import Summing, row_threads, sharers

Split = tuple[int, int, int]

FEW, WARP, MOST_THREADS = 1 << 14, 32, 1024
"""Up to so many scores are work for one block, with a warp for each location, of so many threads at most."""


class Softmax(CudaKernel):
    """y = softmax(x);  dx = (dy - sum dy y) y."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        for k, (x, dx) in enumerate(zip(state.bottoms, diffs_of(state, len(state.bottoms)), strict=True)):
            shape, y = split(x.shape, state.layer.axis), state.tops[k].array
            self.forwards.append(self.by_location("softmax", shape, y, x.array, *shape))
            if dx is not None:
                arrays = (dx, y, state.top_diffs[k].array, *shape)
                self.backwards.append(self.by_location("softmax_backward", shape, *arrays))

    def by_location(self, name: str, shape: Split, *arguments: Any) -> Call:
        """A launch with a block, or a thread, for each location; see `sources/softmax.cuh`."""
        return by_location(self, name, shape, *arguments)


class SoftmaxLoss(Summing):
    """Keeps the probabilities and what each location weighs, so that backward reads only the labels again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        return Accept(request(forward=_passing(site), step=_kept(site)), saves=frozenset({"x1"}))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, (x, label) = state.layer, (blob.array for blob in state.bottoms)
        shape = split(x.shape, layer.axis)
        terms, shares = carve(state.scratch[0].array, _passing(state.site))
        weight, p, heard = carve(state.scratch[2].array, _kept(state.site))
        ignored = (0, 0) if layer.ignore_label is None else (1, int(layer.ignore_label))
        weights = _weights(backend, layer, x.shape)
        arrays = (weight, p, x, label, weights, 1 if weights is None else weights.size)
        loss, ends = state.tops[0].array, (*ignored, math.log(FLOOR))
        rate = float(layer.weight if heard is not None else layer.fixed_rate(x.shape))
        assert terms is not None
        if heard is None and shape[2] == 1 and x.size <= FEW:
            threads = min(MOST_THREADS, WARP * shape[0])
            once = (loss, *arrays, *shape[:2], *ends, rate)
            self.forwards = [self.launch("softmax", "softmax_loss_at_once", 1, threads, *once)]
        else:
            self.forwards = [by_location(self, "softmax_loss", shape, terms, *arrays, *shape, *ends)]
            averaged = self._averaged(state, terms, label, heard, ignored[1]) if heard is not None else []
            self.forwards += averaged or self.total(loss, terms, shares, rate)
        (dx,) = diffs_of(state, 1)
        if dx is not None:
            back = (dx, p, label, weight, heard, x.size, *shape[1:], rate * layer.loss_weight)
            self.backwards = [self.each("softmax", "softmax_loss_backward", x.size, *back)]

    def _averaged(self, state: LayerState, terms: Array, label: Array, heard: Array, ignored: int) -> list[Call]:
        """The loss over the labels that are not ignored; `heard` becomes their number, which is the second top."""
        loss, count = (top.array for top in state.tops)
        counts = self.device.empty((label.size,), "float32")
        numbers = (terms.size, label.size, float(state.layer.weight))
        return [
            self.map("softmax", "heard", label.size, counts, label, label.size, ignored),
            self.launch("sums", "sum_all", 1, row_threads(terms.size), loss, heard, terms, counts, *numbers),
            *self.copies(count, heard),
        ]


class Accuracy(Summing):
    """The share of labels whose score is among the highest."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if layer.counts_items or layer.ties != "first":
            return Decline("labels are ignored, or counted for each class, or lose against equal scores")
        answer = super().accepts(backend, site)
        return answer if isinstance(answer, Decline) else Accept(request(forward=_passing(site)))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, (x, label) = state.layer, (blob.array for blob in state.bottoms)
        shape = split(x.shape, layer.axis)
        hits, shares = carve(state.scratch[0].array, _passing(state.site))
        assert hits is not None
        self.forwards = [by_location(self, "accuracy", shape, hits, x, label, *shape, int(layer.top_k))]
        self.forwards += self.total(state.tops[0].array, hits, shares, 1 / hits.size)


def by_location(kernel: CudaKernel, name: str, shape: Split, *arguments: Any) -> Call:
    """A launch with a block for each location where its classes are neighbours, else with a thread."""
    outer, classes, inner = shape
    if inner == 1:
        return kernel.launch("softmax", name, max(1, outer), row_threads(classes), *arguments)
    return kernel.launch("softmax", name, blocks(outer * inner, THREADS), THREADS, *arguments)


def split(shape: Shape, axis: int) -> Split:
    """Sizes before, along and after an axis.

    >>> split((8, 21, 5, 6), 1)
    (8, 21, 30)
    """
    axis %= len(shape)
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _weights(backend: Any, layer: Any, shape: Shape) -> Array | None:
    """Class weights of a sample's elements, or of all; numbers of elements wrap around in them."""
    if not layer.weights:
        return None
    weights = class_weights(layer.weights, layer.normalize, shape, layer.axis)
    flat = np.broadcast_to(weights, (len(weights), *shape[1:])).astype("float32").reshape(-1)
    held = backend.empty(BlobSpec(flat.shape))
    backend.write(held, flat)
    return held


def _locations(site: Site) -> int:
    layer: Any = site.layer
    return math.prod(label_shape(site.bottoms[0].shape, layer.axis))


def _passing(site: Site) -> list[Want]:
    """A term for each location, and their first sums."""
    count = _locations(site)
    return [Want((count,)), Want((sharers(count),))]


def _kept(site: Site) -> list[Want]:
    """What each location weighs, the probabilities if there is a backward, and the number of labels if that varies."""
    layer: Any = site.layer
    p = Want(site.bottoms[0].shape) if any(site.wants) else NOTHING
    return [Want((_locations(site),)), p, Want((1,)) if layer.counts_items else NOTHING]
