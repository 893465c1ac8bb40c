"""A crop that is made while images are read, so that they may be of any size."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Shape
from mocha_core.data import CenterCrop, RandomCrop
from mocha_core.data.source import HostArray
from mocha_core.data.transformers import Transformer
from mocha_core.errors import DataError
from mocha_core.random import Stream

from .picture import Picture


class Cut:
    """Takes pieces of one size out of images: the middle, or with a stream of random numbers any piece.

    size: (height, width).   stream: where the numbers come from.
    """

    def __init__(self, size: Shape, stream: Stream | None) -> None:
        self.size, self.stream = size, stream

    @property
    def calls(self) -> int:
        """How often numbers were drawn."""
        return 0 if self.stream is None else self.stream.calls

    @calls.setter
    def calls(self, calls: int) -> None:
        if self.stream is not None:
            self.stream.calls = calls

    def numbers(self, count: int) -> HostArray:
        """Two numbers in (0, 1) for each of the next `count` images."""
        return np.full((count, 2), 0.5) if self.stream is None else self.stream.uniform((count, 2))

    def piece(self, picture: Picture, numbers: HostArray) -> HostArray:
        """The piece of an image that its numbers say; a view."""
        (height, width), (h, w) = picture.pixels.shape[1:], self.size
        if height < h or width < w:
            raise DataError(f"{picture.place} is {height} x {width} pixels; the crop of {h} x {w} does not fit into it")
        if self.stream is None:
            top, left = (height - h) // 2, (width - w) // 2
        else:
            top, left = (int(u * (more + 1)) for u, more in zip(numbers, (height - h, width - w), strict=True))
        return picture.pixels[:, top : top + h, left : left + w]


def leading_cut(transformer: Transformer, seed: int, layer: str) -> Cut | None:
    """What to do while reading in place of a first transformer; None if that is no crop."""
    if isinstance(transformer, RandomCrop):
        return Cut(transformer.size, Stream(seed, layer, "crop"))
    return Cut(transformer.size, None) if isinstance(transformer, CenterCrop) else None
