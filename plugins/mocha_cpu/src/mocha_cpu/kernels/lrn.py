"""The kernel of `LRNLayer`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layers import LRNMode

from ..chunks import images, stretches
from ..workspace import Want, carve, request
from .moving_sums import MovingSum, Step, add_up
from .powers import inverse_power_into

CACHE = 1 << 18
"""Bytes of images that are worked on at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """A stretch of images, and the memory to work in, which is the same for all stretches.

    near, far: where to write what is summed over the neighbours, and over those whose neighbour an element is.
    """

    blobs: tuple[Array, ...]
    divisor: Array
    work: Array
    near: Array
    far: Array
    steps: Sequence[Step]
    sums: Array


class LRN(Kernel):
    """y = x D^-p, with D = shift + rate S(x^2); dx = dy D^-p - 2 p rate x S'(x dy D^(-p-1)).

    Backward computes D again, images at a time in the cache: cheaper than keeping an array of the size of x.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if type(layer.mode) not in (LRNMode.AcrossChannel, LRNMode.WithinChannel):
            return Decline(f"does not know the mode {layer.mode}")
        wants = _wants(site)
        return Accept(request(site.dtype, forward=wants, backward=wants if any(site.wants) else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.layer = state.layer
        self.rate = self.layer.scale / self.layer.kernel ** len(self.layer.axes())
        forward, backward, _ = (blob.array for blob in state.scratch)
        wants, x = _wants(state.site), state.bottoms[0].array
        self.forwards, self.clear = _jobs(self.layer, carve(forward, wants), x, state.tops[0].array)
        if state.bottom_diffs and state.bottom_diffs[0] is not None:
            slopes = state.top_diffs[0].array, state.bottom_diffs[0].array
            self.backwards, self.clear_again = _jobs(self.layer, carve(backward, wants), x, *slopes)

    def forward(self) -> None:
        self.clear()
        for job in self.forwards:
            x, y = job.blobs
            self._divisor(job, x)
            inverse_power_into(job.divisor, self.layer.power, job.work, y)
            np.multiply(x, job.work, out=y)

    def backward(self) -> None:
        even = self.layer.kernel % 2 == 0
        self.clear_again()
        for job in self.backwards:
            x, dy, dx = job.blobs
            self._divisor(job, x)
            inverse_power_into(job.divisor, self.layer.power, job.work, dx)
            np.multiply(dy, job.work, out=job.work)
            np.multiply(x, job.work, out=dx)
            if even:
                self.clear_again()
            np.divide(dx, job.divisor, out=job.far)
            add_up(job.steps)
            np.multiply(job.sums, -2 * self.layer.power * self.rate, out=dx)
            np.multiply(dx, x, out=dx)
            np.add(dx, job.work, out=dx)
            if even:
                self.clear_again()

    def _divisor(self, job: Job, x: Array) -> None:
        np.multiply(x, x, out=job.near)
        add_up(job.steps)
        np.multiply(job.sums, self.rate, out=job.divisor)
        np.add(job.divisor, self.layer.shift, out=job.divisor)


def _jobs(layer: Any, work: Sequence[Array], *blobs: Array) -> tuple[list[Job], Callable[[], None]]:
    """The stretches, and what puts zeros around what is summed: an even kernel needs them elsewhere in backward."""
    divisor, other, *buffers = work
    sums = MovingSum(divisor.shape, layer.axes(), layer.kernel, buffers)
    behind = (layer.kernel - 1) // 2
    jobs = []
    for part in stretches(len(blobs[0]), len(divisor)):
        count = part.stop - part.start
        near, far = sums.x(count, behind), sums.x(count, layer.kernel - 1 - behind)
        mine = tuple(blob[part] for blob in blobs)
        jobs.append(Job(mine, divisor[:count], other[:count], near, far, sums.steps(count), sums.result(count)))
    return jobs, sums.clear


def _wants(site: Site) -> list[Want]:
    """For the divisor and for intermediate results, then for the sums."""
    layer: Any = site.layer
    num, *rest = site.bottoms[0].shape
    shape = (images(num, math.prod(rest) * np.dtype(site.dtype).itemsize, CACHE), *rest)
    return [Want(shape, site.dtype)] * 2 + MovingSum.wants(shape, layer.axes(), layer.kernel, site.dtype)
