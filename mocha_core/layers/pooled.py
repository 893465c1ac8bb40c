"""What the layers that pool windows of images have in common: options, where the windows lie, what fits."""

from __future__ import annotations

from typing import Literal

from ..blob import BlobSpec
from ..layer import Layer
from ..neurons import Identity, Neuron
from ..ops import Grid, Size, along
from ..specs import spec
from .images import check_sizes, image_axes, need_images, side_names
from .neuron import with_neuron

SIZES = ("kernel", "stride", "pad")


@spec(kw_only=True)
class WindowLayer(Layer):
    """A layer that makes one number of each window of an image.

    kernel, stride, pad: one number for each axis, (height, width), or one integer for all; pad is smaller than kernel.
    round_mode: "ceil": as many windows as cover the image, so that the last one may stick out; "floor": as many as fit
    in it entirely.   global_pooling: one window, the whole image; kernel, stride and pad are left out.
    """

    kernel: Size = 1
    stride: Size = 1
    pad: Size = 0
    round_mode: Literal["ceil", "floor"] = "ceil"
    global_pooling: bool = False
    neuron: Neuron = Identity()

    def check_options(self) -> None:
        check_sizes(self, *SIZES)
        axes = image_axes(self, *SIZES) or 1
        if any(p >= k for p, k in zip(along(self.pad, axes), along(self.kernel, axes), strict=True)):
            raise self.refuse(f"pad {self.pad} must be below kernel {self.kernel}, or windows lie in the padding")
        if self.round_mode not in ("ceil", "floor"):
            raise self.refuse(f'round_mode is "ceil" or "floor", not {self.round_mode!r}')
        if self.global_pooling and (self.kernel, self.stride, self.pad) != (1, 1, 0):
            raise self.refuse("global_pooling takes the whole image; leave out kernel, stride and pad")

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron, self.tops[: len(self.bottoms)])

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on images of this shape."""
        image = shape[2:]
        if self.global_pooling:
            return Grid.pooling(image, image)
        make = Grid.pooling if self.round_mode == "ceil" else Grid.convolution
        return make(image, self.kernel, self.stride, self.pad)


def pooled(layer: WindowLayer, bottoms: tuple[BlobSpec, ...]) -> tuple[BlobSpec, ...]:
    """The shapes of the results; refuses bottoms that are no images, and windows that do not fit or are empty."""
    need_images(layer, bottoms, image_axes(layer, *SIZES))
    for bottom in bottoms:
        _check_windows(layer, bottom)
    return tuple(b.with_shape(*b.shape[:2], *layer.grid(b.shape).out) for b in bottoms)


def _check_windows(layer: WindowLayer, bottom: BlobSpec) -> None:
    grid = layer.grid(bottom.shape)
    if min(grid.out) < 1:
        raise layer.misfit(f"a kernel {layer.kernel} with pad {layer.pad} does not fit on {bottom}; make it smaller")
    for side, axis in zip(side_names(len(grid.axes)), grid.axes, strict=True):
        if axis.last_start >= axis.size:
            raise layer.misfit(
                f"the last window along the {side} would start at {axis.last_start} of {axis.size} and be empty; "
                f"take a stride of at most the kernel, {axis.kernel}"
            )
