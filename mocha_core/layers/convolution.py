"""Convolution of images."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..ops import Grid, correlate, correlate_adjoint, correlate_weight
from ..plan import Plan
from ..specs import spec
from .filtering import FilterLayer, check_images, filter_grads, filter_params, with_bias
from .images import times


@spec(kw_only=True)
class ConvolutionLayer(FilterLayer):
    """y[n, f, j, k] = b[f] + sum over c, p, q of W[f, c, p, q] x[n, c, j s + p d - pad, k s + q d - pad].

    Bottoms are images (num, channels, height, width) of one shape; tops (num, n_filter, rows, columns) with
    rows = floor((height + 2 pad - (kernel - 1) dilation - 1) / stride) + 1, and columns likewise. Padding is zero, the
    kernel is not flipped. All bottoms share `filter` (n_filter, channels / n_group, kernel height, kernel width) and
    `bias` (n_filter,); filters of group g see the channels of group g only. Images may have any number of axes: texts
    (num, channels, width), volumes (num, channels, depth, height, width).

    kernel, stride, pad, dilation: one number for each axis, (height, width), or one integer for all.
    The other options are those of `FilterLayer`.

    >>> from mocha_core import ConvolutionLayer
    >>> ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv1"])
    ConvolutionLayer(name='conv1', bottoms=('data',), tops=('conv1',), n_filter=20, kernel=(5, 5))
    """

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on images of this shape."""
        return Grid.convolution(shape[2:], self.kernel, self.stride, self.pad, self.dilation)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        check_images(self, bottoms)
        num, channels, *_ = bottoms[0].shape
        grid = self.grid(bottoms[0].shape)
        if min(grid.out) < 1:
            raise self.misfit(
                f"a kernel {self.kernel} with dilation {self.dilation} does not fit on {times(grid.size)} images "
                f"with pad {self.pad}; take a smaller kernel or a larger pad"
            )
        top = bottoms[0].with_shape(num, self.n_filter, *grid.out)
        shape = (self.n_filter, channels // self.n_group, *grid.kernel)
        fan_in, fan_out = math.prod(shape[1:]), self.n_filter // self.n_group * grid.cells
        params = filter_params(self, shape, fan_in, fan_out)
        return Plan(tops=(top,) * len(bottoms), params=params, saves=frozenset({"xs"}))

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        num, channels, *_ = bottoms[0].shape
        return 2 * len(bottoms) * num * self.n_filter * channels // self.n_group * self.grid(bottoms[0].shape).taps

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        grid, weight = self.grid(v.xs[0].shape), v.params["filter"]
        return with_bias(xp, self, v.params, [correlate(xp, x, weight, grid, self.n_group) for x in v.xs])

    def backward(self, xp: Any, v: Values) -> Grads:
        grid, groups, weight = self.grid(v.xs[0].shape), self.n_group, v.params["filter"]
        wanted = zip(v.dys, v.wants, strict=True)
        dxs = tuple(correlate_adjoint(xp, dy, weight, grid, groups) if want else None for dy, want in wanted)
        by_filter = sum(correlate_weight(xp, x, dy, grid, groups) for x, dy in zip(v.xs, v.dys, strict=True))
        return Grads(dxs, filter_grads(xp, self, by_filter, v.dys))
