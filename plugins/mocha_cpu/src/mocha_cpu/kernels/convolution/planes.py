"""Convolution with channels first, image by image: for few channels, and for kernels of one element.

The windows of an image are a matrix with one row per channel and cell; each row is made of runs as long as a row of
the output. With few channels these runs are longer than those with channels last, and the product needs no reordering.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Array

from ...workspace import Want, carve
from .geometry import Conv, window_view


def padded(conv: Conv, dtype: str) -> Want:
    """One image, surrounded by zeros."""
    return Want((conv.channels, *conv.padded) if conv.needs_padding else (0,), dtype)


def columns(conv: Conv, dtype: str) -> Want:
    """All windows of one image."""
    return Want((0,) if conv.one_by_one else (conv.channels, *conv.kernel, *conv.grid.out), dtype)


class Gather:
    """The windows of one image as matrices (groups, terms, windows)."""

    def __init__(self, conv: Conv, x: Array, padded: Array, columns: Array) -> None:
        self.image, self.inside, self.columns = x, None, columns
        if conv.one_by_one:
            self.matrix = x.reshape(conv.groups, conv.inputs, conv.windows)
            self.columns = None
            return
        if conv.needs_padding:
            self.inside = padded[:, conv.grid.rows.image, conv.grid.columns.image]
        windows = window_view(padded if conv.needs_padding else x, conv.grid, 1, 2)
        self.windows = windows.transpose(0, 3, 4, 1, 2)
        self.matrix = columns.reshape(conv.groups, conv.terms, conv.windows)

    def run(self) -> None:
        if self.inside is not None:
            np.copyto(self.inside, self.image)
        if self.columns is not None:
            np.copyto(self.columns, self.windows)


class Product:
    """y = W x + b, for an image at a time.   weight: the filter itself.   bias: (filters,) or None."""

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        return padded(conv, dtype), columns(conv, dtype)

    def __init__(
        self, conv: Conv, flat: Array, weight: Array, bias: Array | None, pairs: Sequence[tuple[Array, Array]]
    ) -> None:
        self.padded, filled = carve(flat, self.wants(conv, str(weight.dtype)))
        self.matrix = weight.reshape(conv.groups, conv.outputs, conv.terms)
        self.bias = None if bias is None else bias.reshape(conv.groups, conv.outputs, 1)
        shape = (conv.groups, conv.outputs, conv.windows)
        self.jobs = [
            (Gather(conv, x[n], self.padded, filled), y[n].reshape(shape)) for x, y in pairs for n in range(conv.num)
        ]

    def run(self) -> None:
        self.padded.fill(0)
        for gather, y in self.jobs:
            gather.run()
            np.matmul(self.matrix, gather.matrix, out=y)
            if self.bias is not None:
                np.add(y, self.bias, out=y)


class FilterGradient:
    """dW' = sum over images of x dy', turned at the end; as a product it is much faster than dW = sum of dy x'."""

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        gradient = Want((conv.groups, conv.terms, conv.outputs), dtype)
        return padded(conv, dtype), columns(conv, dtype), gradient, gradient

    def __init__(self, conv: Conv, flat: Array, gradient: Array, pairs: Sequence[tuple[Array, Array]]) -> None:
        self.padded, filled, self.total, self.part = carve(flat, self.wants(conv, str(gradient.dtype)))
        self.gradient = gradient.reshape(conv.groups, conv.outputs, conv.terms)
        shape = (conv.groups, conv.outputs, conv.windows)
        images = [(x[n], dy[n].reshape(shape)) for x, dy in pairs for n in range(conv.num)]
        self.jobs = [(Gather(conv, x, self.padded, filled), dy.transpose(0, 2, 1)) for x, dy in images]

    def run(self) -> None:
        self.padded.fill(0)
        self.total.fill(0)
        for gather, dy in self.jobs:
            gather.run()
            np.matmul(gather.matrix, dy, out=self.part)
            np.add(self.total, self.part, out=self.total)
        np.copyto(self.gradient, self.total.transpose(0, 2, 1))


class Spread:
    """dx = W' dy, image by image, each cell of the windows added where it came from."""

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        return padded(conv, dtype), columns(conv, dtype)

    def __init__(self, conv: Conv, flat: Array, weight: Array, pairs: Sequence[tuple[Array, Array]]) -> None:
        padded, found = carve(flat, self.wants(conv, str(weight.dtype)))
        self.matrix = weight.reshape(conv.groups, conv.outputs, conv.terms).transpose(0, 2, 1)
        slopes = (conv.groups, conv.outputs, conv.windows)
        images = [(dy[n].reshape(slopes), dx[n]) for dy, dx in pairs for n in range(conv.num)]
        self.jobs = [(dy, *_targets(conv, dx, padded, found)) for dy, dx in images]

    def run(self) -> None:
        for dy, product, target, cells, inside, dx in self.jobs:
            np.matmul(self.matrix, dy, out=product)
            if cells:
                target.fill(0)
            for place, cell in cells:
                np.add(place, cell, out=place)
            if inside is not None:
                np.copyto(dx, inside)


def _targets(conv: Conv, dx: Array, padded: Array, found: Array) -> tuple[Array, ...]:
    """Where the product goes, the image to add to, (place, cell) pairs, and what of it is dx if it is not dx itself."""
    if conv.one_by_one:
        return dx.reshape(conv.groups, conv.inputs, conv.windows), dx, [], None, dx
    image = padded if conv.needs_padding else dx
    shape = (conv.channels, conv.grid.cells, *conv.grid.out)
    cells = found.reshape(shape).transpose(1, 0, 2, 3)
    places = [image[:, down, right] for down, right in conv.grid.each_cell()]
    inside = padded[:, conv.grid.rows.image, conv.grid.columns.image] if conv.needs_padding else None
    product = found.reshape(conv.groups, conv.terms, conv.windows)
    return product, image, list(zip(places, cells, strict=True)), inside, dx
