"""The kernel of `PoolingLayer` on images with their channels last, alone or with its ReLU."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.channels_last import to_first
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layer import Layer
from mocha_core.layers import NeuronLayer
from mocha_core.neurons import Neurons
from mocha_core.passes import members_of
from mocha_core.pooling import Pooling as Functions
from mocha_cpu.workspace import Want, carve, request

from .._chain import Link
from .._pooling import Pooling as Compiled
from .chainable import Chainable

MOST = 255
"""Cells of a window that a byte can number, with one number left for "none of them"."""


class Pooling(Chainable):
    """y = the largest cell of each window, or the sum of its cells / its area; then max(epsilon, y) with a ReLU.

    Forward keeps the place of each maximum, one byte an output, so that backward reads neither bottoms nor tops; a
    maximum that ReLU cuts off has no place. Backward of a mean with ReLU reads the tops.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        wrapper: Any = site.layer
        layer, floor = parts(wrapper)
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if any(len(bottom.shape) != 4 for bottom in site.bottoms):
            return Decline("images have other axes than height and width")
        if layer.mask:
            return Decline("says where the maxima are")
        if type(layer.pooling) not in (Functions.Max, Functions.Mean):
            return Decline(f"does not know {layer.pooling}")
        if floor is None and len(members_of(wrapper.member)) > 1:
            return Decline("is joined with something else than a ReLU")
        cut = type(layer.pooling) is Functions.Mean and floor is not None
        return Accept(request(site.dtype, step=_places(site)), saves=frozenset({"ys"} if cut else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state = state
        layer, floor = parts(state.layer)
        places: list[Array] = carve(state.scratch[2].array, _places(state.site))
        self.pools, self.gradients = [], []
        for k, (x, y, place) in enumerate(zip(state.bottoms, state.tops, places, strict=True)):
            dx = state.bottom_diffs[k] if state.bottom_diffs else None
            diffs = (None, None) if dx is None else (state.top_diffs[k].array, dx.array)
            axes = layer.grid(to_first(x.shape)).axes
            kernel, stride, pad = (tuple(getattr(axis, each) for axis in axes) for each in ("kernel", "stride", "pad"))
            of = (x.array, y.array, rates(layer, x.shape), floor, place if place.size else None)
            pool = Compiled(backend.level, backend.threads, kernel, stride, pad, *of, *diffs)
            self.pools.append(pool)
            if dx is not None:
                self.gradients.append(pool)

    def forward(self) -> None:
        for pool in self.pools:
            pool.forward()

    def link(self) -> Link:
        return self.pools[0].link()

    def backward(self) -> None:
        for pool in self.gradients:
            pool.backward()


def parts(layer: Any) -> tuple[Any, float | None]:
    """The pooling inside `ChannelsLast`, and the floor of a ReLU behind it."""
    pool, *after = members_of(layer.member)
    return pool, floor_of(after)


def floor_of(after: list[Layer]) -> float | None:
    """The smallest output of the one ReLU there is, if that is all there is."""
    match after:
        case [NeuronLayer(neuron=Neurons.ReLU(epsilon=floor))]:
            return float(floor)
    return None


def places_dtype(layer: Any, shape: Shape) -> str:
    """Of the place of a maximum in its window, on blobs of this shape, channels last."""
    return "uint8" if layer.grid(to_first(shape)).cells <= MOST else "int32"


def rates(layer: Any, shape: Shape) -> Array | None:
    """For a mean 1 / area of each window on blobs of this shape, channels last."""
    if type(layer.pooling) is not Functions.Mean:
        return None
    return (1 / np.asarray(layer.areas(layer.grid(to_first(shape))))).astype("float32")


def _places(site: Site) -> list[Want]:
    """For each top whose bottom wants a gradient; a mean has none."""
    layer, _ = parts(site.layer)
    wants = site.wants if type(layer.pooling) is Functions.Max else ()
    tops = enumerate(zip(site.plan.tops, site.bottoms, strict=True))
    return [Want(y.shape if any(wants[k : k + 1]) else (0,), places_dtype(layer, x.shape)) for k, (y, x) in tops]
