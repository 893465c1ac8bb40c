"""The transpose of convolution: it spreads each element of an image over a window of a larger one."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Grads, Values
from ..ops import Grid, correlate, correlate_adjoint, correlate_weight
from ..plan import Plan
from ..specs import spec
from .filtering import FilterLayer, check_images, filter_grads, filter_params, with_bias
from .images import times


@spec(kw_only=True)
class DeconvolutionLayer(FilterLayer):
    """y = b + the adjoint of a convolution, applied to x: each element is spread, times the filter, over its window.

    y[n, f, j, k] = b[f] + sum over c, p, q and all r, t with r s + p d - pad = j, t s + q d - pad = k
    of W[c, f, p, q] x[n, c, r, t].

    Bottoms are images (num, channels, height, width) of one shape; tops (num, n_filter, rows, columns) with
    rows = (height - 1) stride + (kernel - 1) dilation + 1 - 2 pad, and columns likewise: the smallest images of which a
    convolution with these options makes images of the bottoms' size. All bottoms share `filter` (channels,
    n_filter / n_group, kernel height, kernel width) and `bias` (n_filter,), as in Caffe. Images may have any number of
    axes. Source: Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks", 2010; also "transposed convolution".

    kernel, stride, pad, dilation: one number for each axis, (height, width), or one integer for all.
    The other options are those of `FilterLayer`.

    To enlarge images by a factor s: kernel 2s - s % 2, stride s, pad s // 2, a group for each channel, and
    `filter_init=BilinearInitializer()`.

    >>> from mocha_core import DeconvolutionLayer
    >>> DeconvolutionLayer(name="up", n_filter=8, kernel=4, stride=2, pad=1, bottoms=["x"], tops=["large"])
    DeconvolutionLayer(name='up', bottoms=('x',), tops=('large',), n_filter=8, kernel=4, stride=2, pad=1)
    """

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on the tops for bottoms of this shape."""
        return Grid.deconvolution(shape[2:], self.kernel, self.stride, self.pad, self.dilation)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        check_images(self, bottoms)
        num, channels, *_ = bottoms[0].shape
        grid, filters = self.grid(bottoms[0].shape), self.n_filter // self.n_group
        if min(grid.size) < 1:
            raise self.misfit(f"pad {self.pad} leaves {times(grid.size)} of the images; take a smaller pad")
        top = bottoms[0].with_shape(num, self.n_filter, *grid.size)
        fan_in, fan_out = channels // self.n_group * grid.cells, filters * grid.cells
        params = filter_params(self, (channels, filters, *grid.kernel), fan_in, fan_out)
        return Plan(tops=(top,) * len(bottoms), params=params, saves=frozenset({"xs"}))

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        num, channels, *_ = bottoms[0].shape
        return 2 * len(bottoms) * num * channels * self.n_filter // self.n_group * self.grid(bottoms[0].shape).taps

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        grid, weight = self.grid(v.xs[0].shape), v.params["filter"]
        return with_bias(xp, self, v.params, [correlate_adjoint(xp, x, weight, grid, self.n_group) for x in v.xs])

    def backward(self, xp: Any, v: Values) -> Grads:
        grid, groups, weight = self.grid(v.xs[0].shape), self.n_group, v.params["filter"]
        wanted = zip(v.dys, v.wants, strict=True)
        dxs = tuple(correlate(xp, dy, weight, grid, groups) if want else None for dy, want in wanted)
        by_filter = sum(correlate_weight(xp, dy, x, grid, groups) for x, dy in zip(v.xs, v.dys, strict=True))
        return Grads(dxs, filter_grads(xp, self, by_filter, v.dys))
