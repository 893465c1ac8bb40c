"""The kernel of `AccuracyLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site

from ..workspace import Want, carve, request
from .softmax import column_shape


class Accuracy(Kernel):
    """The share of labels that are the argmax of their scores."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        shape = site.bottoms[0].shape
        if layer.axis % len(shape) != len(shape) - 1:
            return Decline("the classes are not the last axis, where NumPy's argmax copies")
        if layer.top_k > 1:
            return Decline("more than the highest score counts")
        if layer.counts_items or layer.ties != "first":
            return Decline("labels are ignored, or counted for each class, or lose against equal scores")
        return Accept(request(site.dtype, forward=_wants(site)))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.x, self.share = state.bottoms[0].array, state.tops[0].array
        self.guess, self.truth, self.hits = carve(state.scratch[0].array, _wants(state.site))
        self.label = state.bottoms[1].array.reshape(self.guess.shape)

    def forward(self) -> None:
        np.argmax(self.x, axis=-1, keepdims=True, out=self.guess)
        np.rint(self.label, out=self.truth)
        np.equal(self.guess, self.truth, out=self.hits)
        self.share[...] = np.count_nonzero(self.hits) / self.hits.size


def _wants(site: Site) -> list[Want]:
    layer: Any = site.layer
    shape = column_shape(site.bottoms[0].shape, layer.axis)
    return [Want(shape, "intp"), Want(shape, site.dtype), Want(shape, "bool")]
