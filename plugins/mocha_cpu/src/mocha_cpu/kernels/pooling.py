"""The kernel of `PoolingLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.pooling import Pooling as Functions

from ..workspace import Want, carve, largest, request
from .max_pooling import Max, MaxGradient, places_dtype
from .mean_pooling import Mean, MeanGradient


class MaxPooling(Kernel):
    """Keeps the place of each maximum, one or two bytes an output, so that backward reads neither bottoms nor tops."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if type(layer.pooling) is not Functions.Max:
            return Decline("pools otherwise than by the maximum")
        if layer.mask:
            return Decline("says where the maxima are")
        if any(len(bottom.shape) != 4 for bottom in site.bottoms):
            return Decline("images have other axes than height and width")
        shapes = [(b.shape, layer.grid(b.shape)) for b in site.bottoms]
        keeps = any(site.wants)
        forward = largest(*(Max.wants(shape, grid, site.dtype, keeps) for shape, grid in shapes))
        backward = largest(*(MaxGradient.wants(shape, grid, site.dtype) for shape, grid in shapes)) if keeps else ()
        step = _places(site) if keeps else ()
        return Accept(request(site.dtype, forward=forward, backward=backward, step=step), saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        forward, backward, step = (blob.array for blob in state.scratch)
        wants = state.site.wants
        places: list[Array | None] = [None] * len(wants)
        if any(wants):
            places = [*carve(step, _places(state.site))]
        grids = [state.layer.grid(b.shape) for b in state.bottoms]
        blobs = zip(state.bottoms, state.tops, places, grids, strict=True)
        self.pools = [Max(x.array, y.array, place, grid, forward) for x, y, place, grid in blobs]
        diffs = zip(places, state.top_diffs, state.bottom_diffs, grids, strict=False)
        self.gradients = [
            MaxGradient(place, dy.array, dx.array, grid, backward)
            for place, dy, dx, grid in diffs
            if place is not None and dx is not None
        ]

    def forward(self) -> None:
        for pool in self.pools:
            pool.run()

    def backward(self) -> None:
        for gradient in self.gradients:
            gradient.run()


class MeanPooling(Kernel):
    """Sums along rows, then columns; backward reads the gradient only."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if type(layer.pooling) is not Functions.Mean:
            return Decline("pools otherwise than by the mean")
        if any(len(bottom.shape) != 4 for bottom in site.bottoms):
            return Decline("images have other axes than height and width")
        shapes = [(b.shape, layer.grid(b.shape)) for b in site.bottoms]
        forward = largest(*(Mean.wants_forward(shape, grid, site.dtype) for shape, grid in shapes))
        backward = largest(*(Mean.wants_backward(shape, grid, site.dtype) for shape, grid in shapes))
        scratch = request(site.dtype, forward=forward, backward=backward if any(site.wants) else ())
        return Accept(scratch, saves=frozenset())

    def __init__(self, backend: Any, state: LayerState) -> None:
        forward, backward, _ = (blob.array for blob in state.scratch)
        grids = [state.layer.grid(b.shape) for b in state.bottoms]
        areas = [state.layer.areas(grid) for grid in grids]
        blobs = zip(state.bottoms, state.tops, grids, areas, strict=True)
        self.pools = [Mean(x.array, y.array, grid, area, forward) for x, y, grid, area in blobs]
        diffs = zip(state.top_diffs, state.bottom_diffs, grids, areas, strict=False)
        self.gradients = [
            MeanGradient(dy.array, dx.array, grid, area, backward) for dy, dx, grid, area in diffs if dx is not None
        ]

    def forward(self) -> None:
        for pool in self.pools:
            pool.forward()

    def backward(self) -> None:
        for gradient in self.gradients:
            gradient.run()


def _places(site: Site) -> list[Want]:
    layer: Any = site.layer
    tops = zip(site.plan.tops, site.bottoms, strict=True)
    return [Want(top.shape, places_dtype(layer.grid(bottom.shape))) for top, bottom in tops]
