"""The kernel of `BatchNormLayer`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Kernel, LayerState, Site
from mocha_core.layers.placing import Place, channels
from mocha_core.plan import TRAIN

from ..chunks import stretches
from ..workspace import Want, carve, request
from .middle import at_once, dot_into, middle, sum_into


class BatchNorm(Kernel):
    """Backward reads y and the factor 1 / sqrt(var + eps), so y may lie on x."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept:
        layer: Any = site.layer
        own = layer.uses_batch(site.phase)
        wants = _wants(site) if own and any(site.wants) else ()
        saves = frozenset({"ys"}) if own else frozenset[str]()
        return Accept(request(site.dtype, backward=wants, step=[_factor(site)]), saves=saves, overlays=((0, 0),))

    def __init__(self, backend: Any, state: LayerState) -> None:
        layer, place = state.layer, _place(state.site)
        self.own, self.eps = layer.uses_batch(state.site.phase), layer.eps
        self.x, self.y = (middle(blob.array, place) for blob in (state.bottoms[0], state.tops[0]))
        self.terms = self.x.size // self.x.shape[1]
        averages = {name: blob.array for name, blob in state.params.items()}
        self.mean, self.var = (
            np.empty_like(averages[name]) if self.own else averages[name] for name in ("mean", "var")
        )
        (self.factor,) = carve(state.scratch[2].array, [_factor(state.site)])
        keeps = self.own and state.site.phase == TRAIN
        self.averages = Averages(averages, layer.moving_average, self.terms) if keeps else None
        self.backwards: list[tuple[Array, ...]] = []
        if state.bottom_diffs and state.bottom_diffs[0] is not None:
            self._bind(state, place)

    def _bind(self, state: LayerState, place: Place) -> None:
        blobs = (state.top_diffs[0], state.bottom_diffs[0])
        self.dy, self.dx = (middle(blob.array, place) for blob in blobs if blob is not None)
        self.slope, self.along = np.empty_like(self.mean), np.empty_like(self.mean)
        if self.own:
            (work,) = carve(state.scratch[1].array, _wants(state.site))
            parts = stretches(len(self.dx), len(work))
            self.backwards = [(self.dy[p], self.y[p], self.dx[p], work[: p.stop - p.start]) for p in parts]

    def forward(self) -> None:
        x, y = self.x, self.y
        if self.own:
            sum_into(x, self.mean)
            np.divide(self.mean, self.terms, out=self.mean)
        np.subtract(x, self.mean[:, None], out=y)
        if self.own:
            dot_into(y, y, self.var)
            np.divide(self.var, self.terms, out=self.var)
        np.add(self.var, self.eps, out=self.factor)
        np.sqrt(self.factor, out=self.factor)
        np.divide(1, self.factor, out=self.factor)
        np.multiply(y, self.factor[:, None], out=y)
        if self.averages is not None:
            self.averages.count_in(self.mean, self.var)

    def backward(self) -> None:
        if not self.own:
            np.multiply(self.dy, self.factor[:, None], out=self.dx)
            return
        sum_into(self.dy, self.slope)
        np.divide(self.slope, self.terms, out=self.slope)
        dot_into(self.dy, self.y, self.along)
        np.divide(self.along, self.terms, out=self.along)
        for dy, y, dx, work in self.backwards:
            np.multiply(y, self.along[:, None], out=work)
            np.add(work, self.slope[:, None], out=work)
            np.subtract(dy, work, out=dx)
            np.multiply(dx, self.factor[:, None], out=dx)


class Averages:
    """The running averages of a layer; see there for how they weigh the batches."""

    def __init__(self, arrays: dict[str, Array], moving_average: float, terms: int) -> None:
        self.mean, self.var, self.count = (arrays[name] for name in ("mean", "var", "count"))
        self.moving_average, self.unbiased = moving_average, terms / max(terms - 1, 1)

    def count_in(self, mean: Array, var: Array) -> None:
        """One more batch, with this mean and biased variance."""
        np.multiply(self.count, self.moving_average, out=self.count)
        np.add(self.count, 1, out=self.count)
        self.mean += (mean - self.mean) / self.count
        self.var += (var * self.unbiased - self.var) / self.count


def _place(site: Site) -> Place:
    layer: Any = site.layer
    return channels(layer, site.bottoms[0], layer.axis)


def _factor(site: Site) -> Want:
    return Want(_place(site).small, site.dtype)


def _wants(site: Site) -> list[Want]:
    """For a product, a stretch at a time."""
    place = _place(site)
    return [Want((at_once(place, site.dtype), *place.small, math.prod(place.shape[place.last :])), site.dtype)]
