"""Sums of all elements of an array in two stages, and the kernels of `ReductionLayer` and `SquareLossLayer`."""

from __future__ import annotations

import math
from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site

from .base import THREADS, Call, CudaKernel, blocks, diffs_of
from .scratch import Want, carve, request

ONE_BLOCK, MOST_BLOCKS = 1 << 13, 256
"""Up to so many numbers one block adds up; larger arrays are dealt out to at most so many blocks first."""

SUM, ABSOLUTES, SQUARES = 0, 1, 2
"""Of what rows are summed, in `sources/sums.cu`."""

OPERATIONS = {"sum": SUM, "mean": SUM, "asum": ABSOLUTES, "sumsq": SQUARES}

WARP = 32


def sharers(count: int) -> int:
    """How many blocks make sums of their shares of so many numbers first; 0: none."""
    return 0 if count <= ONE_BLOCK else min(MOST_BLOCKS, blocks(count, ONE_BLOCK // 8))


class Summing(CudaKernel):
    """A kernel that ends with the sum of an array."""

    def total(self, target: Array, terms: Array, shares: Array | None, factor: float) -> list[Call]:
        """target = factor * the sum of the terms; `shares` is memory for `sharers(terms.size)` numbers."""
        calls = []
        if shares is not None:
            calls.append(self.launch("sums", "sum_shares", shares.size, THREADS, shares, terms, terms.size))
            terms = shares
        arrays = (target, None, terms, None)
        calls.append(self.launch("sums", "sum_all", 1, row_threads(terms.size), *arrays, terms.size, 0, factor))
        return calls


def row_threads(length: int) -> int:
    """Threads of a block that works on a row of so many numbers: whole warps, and some numbers for each thread.

    >>> row_threads(10), row_threads(1000), row_threads(100000)
    (32, 128, 256)
    """
    return min(THREADS, WARP * blocks(length, 8 * WARP))


class Reduction(CudaKernel):
    """y = coeff * the sum of x, |x| or x^2 over rows, or their mean."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, kind = state.layer, OPERATIONS[state.layer.operation]
        for k, (x, dx) in enumerate(zip(state.bottoms, diffs_of(state, len(state.bottoms)), strict=True)):
            y, length = state.tops[k].array, math.prod(x.shape[layer.axis % len(x.shape) :])
            factor = float(layer.coeff) / (length if layer.operation == "mean" else 1)
            rows, threads = max(1, y.size), row_threads(length)
            self.forwards.append(self.launch("sums", "sum_rows", rows, threads, y, x.array, length, kind, factor))
            if dx is not None:
                arrays = (dx, x.array if kind != SUM else None, state.top_diffs[k].array, dx.size, length, kind, factor)
                self.backwards.append(self.each("sums", "sum_rows_backward", dx.size, *arrays))


class SquareLoss(Summing):
    """weight / (2 N) sum (x - y)^2, and its gradients weight / N (x - y) and the opposite."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        answer = super().accepts(backend, site)
        return answer if isinstance(answer, Decline) else Accept(request(forward=cls._wants(site)))

    @staticmethod
    def _wants(site: Site) -> list[Want]:
        size = site.bottoms[0].size
        return [Want((size,)), Want((sharers(size),))]

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        terms, shares = carve(state.scratch[0].array, self._wants(state.site))
        x, y = (blob.array for blob in state.bottoms)
        rate = float(state.layer.weight) / x.shape[0]
        assert terms is not None
        self.forwards = [self.map("sums", "square_terms", x.size, terms, x, y, x.size)]
        self.forwards += self.total(state.tops[0].array, terms, shares, rate)
        slope = rate * float(state.layer.loss_weight)
        for diff, sign in zip(diffs_of(state, 2), (slope, -slope), strict=True):
            if diff is not None:
                self.backwards.append(self.map("maps", "weighted", x.size, diff, x, y, x.size, sign, -sign))
