"""Descriptors: the library's own objects for shapes."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from mocha_core.blob import Shape

from .api import CROSS_CORRELATION, FLOAT, NCHW
from .library import Cudnn

if TYPE_CHECKING:
    from ..kernels.convolution.geometry import Geometry


class Descriptor:
    """One object of the library, of the kind "Tensor", "Filter" or "Convolution"; `close` destroys it."""

    def __init__(self, dnn: Cudnn, kind: str) -> None:
        self.dnn, self.kind, self.pointer = dnn, kind, ctypes.c_void_p()
        dnn.check(f"cudnnCreate{kind}Descriptor", ctypes.byref(self.pointer))

    def set(self, name: str, *numbers: int) -> None:
        """Call one of the functions that begin with `cudnnSet`."""
        self.dnn.check(f"cudnnSet{name}", self.pointer, *numbers)

    def close(self) -> None:
        """The object is not used any more."""
        if self.pointer:
            self.dnn.check(f"cudnnDestroy{self.kind}Descriptor", self.pointer)
            self.pointer = ctypes.c_void_p()


def tensor(dnn: Cudnn, shape: Shape) -> Descriptor:
    """Images (num, channels, height, width) of float32."""
    made = Descriptor(dnn, "Tensor")
    made.set("Tensor4dDescriptor", NCHW, FLOAT, *shape)
    return made


def filters(dnn: Cudnn, shape: Shape) -> Descriptor:
    """Filters (filters, channels of a group, height, width) of float32. Here the type comes before the order."""
    made = Descriptor(dnn, "Filter")
    made.set("Filter4dDescriptor", FLOAT, NCHW, *shape)
    return made


def convolution(dnn: Cudnn, geometry: Geometry, math: int) -> Descriptor:
    """How filters lie on images, and what arithmetic is allowed."""
    made = Descriptor(dnn, "Convolution")
    made.set("Convolution2dDescriptor", *geometry.pad, *geometry.stride, *geometry.dilation, CROSS_CORRELATION, FLOAT)
    made.set("ConvolutionGroupCount", geometry.groups)
    made.set("ConvolutionMathType", math)
    return made
