"""The kernel of `LRNLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.blob import Array, Shape
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layers import LRNMode

from ..chunks import images, stretches
from ..workspace import Want, carve, request
from .powers import inverse_power_into

CACHE = 1 << 19
"""Bytes of images that are worked on at once."""


class LRN(Kernel):
    """y = x D^-p, with D = shift + rate S(x^2); dx = dy D^-p - 2 p rate x S'(x dy D^(-p-1)).

    Backward computes D again, images at a time in the cache: cheaper than keeping an array of the size of x.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if type(layer.mode) not in (LRNMode.AcrossChannel, LRNMode.WithinChannel):
            return Decline(f"does not know the mode {layer.mode}")
        parts = (_part(site),) * 3
        return Accept(request(site.dtype, forward=parts, backward=parts if any(site.wants) else ()))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.layer, part = state.layer, _part(state.site)
        self.axes = self.layer.mode.axes()
        self.rate = self.layer.scale / self.layer.kernel ** len(self.axes)
        self.behind = (self.layer.kernel - 1) // 2
        self.ahead = self.layer.kernel - 1 - self.behind
        forward, backward, _ = (blob.array for blob in state.scratch)
        x, y = state.bottoms[0].array, state.tops[0].array
        self.forwards = _jobs(carve(forward, (part,) * 3), x, y)
        self.backwards: list[tuple[Array, ...]] = []
        if state.bottom_diffs and state.bottom_diffs[0] is not None:
            dy, dx = state.top_diffs[0].array, state.bottom_diffs[0].array
            self.backwards = _jobs(carve(backward, (part,) * 3), x, dy, dx)

    def forward(self) -> None:
        for squares, divisor, work, x, y in self.forwards:
            self._divisor(x, squares, divisor)
            inverse_power_into(divisor, self.layer.power, squares, work)
            np.multiply(x, squares, out=y)

    def backward(self) -> None:
        for inner, divisor, work, x, dy, dx in self.backwards:
            self._divisor(x, inner, divisor)
            inverse_power_into(divisor, self.layer.power, work, dx)
            np.multiply(dy, work, out=work)
            np.multiply(x, work, out=inner)
            np.divide(inner, divisor, out=inner)
            self._sum(inner, dx, self.ahead, self.behind)
            np.multiply(dx, -2 * self.layer.power * self.rate, out=dx)
            np.multiply(dx, x, out=dx)
            np.add(dx, work, out=dx)

    def _divisor(self, x: Array, squares: Array, out: Array) -> None:
        np.multiply(x, x, out=squares)
        self._sum(squares, out, self.behind, self.ahead)
        np.multiply(out, self.rate, out=out)
        np.add(out, self.layer.shift, out=out)

    def _sum(self, x: Array, out: Array, behind: int, ahead: int) -> None:
        """out = the sum over the neighbours of x; x is lost where there are two axes."""
        moving_sum(x, out, self.axes[0], behind, ahead)
        for axis in self.axes[1:]:
            np.copyto(x, out)
            moving_sum(x, out, axis, behind, ahead)


def moving_sum(x: Array, out: Array, axis: int, behind: int, ahead: int) -> None:
    """out[k] = x[k - behind] + ... + x[k + ahead] along `axis`, with zeros beyond the ends."""
    np.copyto(out, x)
    length = x.shape[axis]
    for step in (*range(-behind, 0), *range(1, ahead + 1)):
        if abs(step) < length:
            to, of = (slice(-step, None), slice(0, step)) if step < 0 else (slice(0, -step), slice(step, None))
            target = out[(slice(None),) * axis + (to,)]
            np.add(target, x[(slice(None),) * axis + (of,)], out=target)


def _jobs(parts: list[Array], *arrays: Array) -> list[tuple[Array, ...]]:
    """The parts and corresponding images of the arrays, for each stretch of images."""
    found = []
    for stretch in stretches(len(arrays[0]), len(parts[0])):
        count = stretch.stop - stretch.start
        found.append((*(part[:count] for part in parts), *(array[stretch] for array in arrays)))
    return found


def _part(site: Site) -> Want:
    num, *rest = site.bottoms[0].shape
    shape: Shape = tuple(rest)
    count = images(num, int(np.prod(shape)) * np.dtype(site.dtype).itemsize, CACHE)
    return Want((count, *shape), site.dtype)
