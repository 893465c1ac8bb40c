"""Pooling by chance."""

from __future__ import annotations

from itertools import accumulate
from operator import add
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import first_true, fold, windows
from ..plan import TEST, Plan, Traits
from ..specs import spec
from .pooled import WindowLayer, pooled
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class StochasticPoolingLayer(WindowLayer):
    """Each window of an image becomes one of its elements, drawn with a probability in proportion to their size.

    In testing it becomes their mean with these probabilities, sum x^2 / sum x, or 0 where all are 0. For elements that
    are not negative, as a ReLU gives them. Source: Zeiler and Fergus, "Stochastic pooling for regularization of deep
    convolutional neural networks", 2013.

    kernel, stride, pad, round_mode, global_pooling: as in `PoolingLayer`; padding is never drawn.
    sample: False to do in training as in testing.

    >>> from mocha_core import StochasticPoolingLayer
    >>> StochasticPoolingLayer(name="pool1", kernel=2, stride=2, bottoms=["c1"], tops=["p1"]).in_phase("test").sample
    False
    """

    name: str = "stochastic-pooling"
    sample: bool = True

    traits: ClassVar[Traits] = Traits(phased=True)

    def check_options(self) -> None:
        WindowLayer.check_options(self)
        need_top_per_bottom(self)

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases:
            return None
        return self.replace(sample=False) if phase == TEST else self

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        tops = pooled(self, bottoms)
        return Plan(tops=tops, draws=tops if self.sample else (), saves=frozenset({"xs", "draws"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._forward(xp, v, k) for k in range(len(v.xs)))

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(tuple(self._backward(xp, v, k) if want else None for k, want in enumerate(v.wants)))

    def _forward(self, xp: Any, v: Values, k: int) -> Array:
        cells = windows(xp, v.xs[k], self.grid(v.xs[k].shape))
        if not self.sample:
            return _mean(xp, cells)
        picked = xp.sum(xp.where(_drawn(xp, cells, v.draws[k]), cells, xp.zeros_like(cells)), axis=2)
        total = xp.sum(cells, axis=2)
        return xp.where(xp.isnan(total), total, picked)

    def _backward(self, xp: Any, v: Values, k: int) -> Array:
        grid = self.grid(v.xs[k].shape)
        cells, dy = windows(xp, v.xs[k], grid), v.dys[k][:, :, None, ...]
        if self.sample:
            slopes = xp.astype(_drawn(xp, cells, v.draws[k]), dy.dtype)
        else:
            total = xp.sum(cells, axis=2, keepdims=True)
            above = (2 * cells - _mean(xp, cells)[:, :, None, ...]) / _above(xp, total)
            slopes = xp.where(total == 0, xp.zeros_like(above), above)
        return fold(xp, dy * slopes, grid)


def _drawn(xp: Any, cells: Array, u: Array) -> Array:
    """True at the first cell up to which the cells add up to a part u of all."""
    sums = xp.stack(list(accumulate((cells[:, :, k, ...] for k in range(cells.shape[2])), add)), axis=2)
    return first_true(xp, sums >= u[:, :, None, ...] * sums[:, :, -1:, ...], axis=2)


def _mean(xp: Any, cells: Array) -> Array:
    total = xp.sum(cells, axis=2)
    return xp.sum(cells * cells, axis=2) / _above(xp, total)


def _above(xp: Any, total: Array) -> Array:
    """The total, or 1 where nothing is added up."""
    return xp.where(total == 0, xp.ones_like(total), total)
