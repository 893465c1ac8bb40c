"""Cropping and mirroring images, each image by itself."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..blob import Shape
from ..errors import ShapeError
from ..ops.sizes import pair
from ..plan import TEST
from ..specs import spec
from .source import HostArray
from .transformers import Transformer


@spec
class CenterCrop(Transformer):
    """Keeps the middle `size` of the last two axes; one row or column more is cut off at the end if need be.

    size: (height, width), or one number for both.

    >>> CenterCrop(size=224).output((64, 3, 256, 256))
    (64, 3, 224, 224)
    """

    size: Any

    def check(self) -> None:
        self._put("size", pair(self.size, "CenterCrop: size", 1))

    def output(self, shape: Shape) -> Shape:
        return cropped(self, self.size, shape)

    def run(self, x: HostArray, out: HostArray, u: HostArray) -> None:
        (height, width), (h, w) = x.shape[-2:], self.size
        top, left = (height - h) // 2, (width - w) // 2
        np.copyto(out, x[..., top : top + h, left : left + w])


@spec
class RandomCrop(Transformer):
    """Keeps a piece of `size` of the last two axes, every place as likely as another, drawn for each image by itself.

    In the test phase, and for predictions, the piece in the middle (`CenterCrop`).
    size: (height, width), or one number for both.

    >>> RandomCrop(size=(24, 28)).output((100, 3, 32, 32))
    (100, 3, 24, 28)
    """

    draws: ClassVar[int] = 2

    size: Any

    def check(self) -> None:
        self._put("size", pair(self.size, "RandomCrop: size", 1))

    def output(self, shape: Shape) -> Shape:
        return cropped(self, self.size, shape)

    def run(self, x: HostArray, out: HostArray, u: HostArray) -> None:
        h, w = self.size
        places = np.array([x.shape[-2] - h + 1, x.shape[-1] - w + 1])
        for target, image, (top, left) in zip(out, x, (u * places).astype(int), strict=True):
            np.copyto(target, image[..., top : top + h, left : left + w])

    def in_phase(self, phase: str) -> Transformer:
        return CenterCrop(self.size) if phase == TEST else self


@spec
class RandomMirror(Transformer):
    """Turns every other image, drawn for each by itself, about its vertical axis (the last axis of a batch).

    In the test phase, and for predictions, no image is turned.

    >>> RandomMirror()
    RandomMirror()
    """

    draws: ClassVar[int] = 1

    def output(self, shape: Shape) -> Shape:
        return cropped(self, shape[-2:], shape)

    def run(self, x: HostArray, out: HostArray, u: HostArray) -> None:
        turned = u[:, 0] < 0.5
        x[turned] = x[turned, ..., ::-1]

    def in_phase(self, phase: str) -> Transformer | None:
        return None if phase == TEST else self


def cropped(owner: Transformer, size: Shape, shape: Shape) -> Shape:
    """`shape` with the last two axes as `size`; refuses what has no such axes, or smaller ones."""
    if len(shape) < 3 or any(want > have for want, have in zip(size, shape[-2:], strict=True)):
        raise ShapeError(f"{owner!r} does not fit a sample of shape {shape[1:]}, whose last axes are height and width")
    return (*shape[:-2], *size)
