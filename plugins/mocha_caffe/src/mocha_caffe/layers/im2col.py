"""The windows of a convolution as channels."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.images import check_sizes, image_axes, need_images
from mocha_core.layers.wiring import need_top_per_bottom
from mocha_core.ops import Grid, Size, fold, windows
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec

SIZES = ("kernel", "stride", "pad", "dilation")


@spec(kw_only=True)
class Im2colLayer(Layer):
    """Each window of an image, cell by cell, as channels: (num, channels * cells of a window, rows, columns).

    Cell k of channel c is channel c * cells + k; cells count row by row; beyond the image there are zeros.

    kernel, stride, pad, dilation: as in `ConvolutionLayer`, also for images with other axes.

    >>> layer = Im2colLayer(name="cells", kernel=3, pad=1, bottoms=["x"], tops=["cells"])
    >>> layer.plan((BlobSpec((8, 3, 28, 20)),)).tops[0].shape
    (8, 27, 28, 20)
    """

    kernel: Size = 1
    stride: Size = 1
    pad: Size = 0
    dilation: Size = 1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        check_sizes(self, *SIZES)
        need_top_per_bottom(self)

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on images of this shape."""
        return Grid.convolution(shape[2:], self.kernel, self.stride, self.pad, self.dilation)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms, image_axes(self, *SIZES))
        for x in bottoms:
            if min(self.grid(x.shape).out) < 1:
                raise self.misfit(f"a kernel {self.kernel} with pad {self.pad} does not fit on {x}; make it smaller")
        return Plan(tops=tuple(x.with_shape(*self._shape(x.shape)) for x in bottoms), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.reshape(windows(xp, x, self.grid(x.shape)), self._shape(x.shape)) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(tuple(self._fold(xp, x, dy) if want else None for x, dy, want in blobs))

    def _fold(self, xp: Any, x: Array, dy: Array) -> Array:
        grid = self.grid(x.shape)
        return fold(xp, xp.reshape(dy, (*x.shape[:2], grid.cells, *grid.out)), grid)

    def _shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        grid = self.grid(shape)
        return (shape[0], shape[1] * grid.cells, *grid.out)
