"""Convolution with channels last: windows of a chunk of images as rows of one matrix, then one matrix product.

With the channels last a row of a window is one run of kernel width x channels numbers, so that copying it is fast.
A chunk is as many images as keep the matrix in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Array

from ...chunks import images, stretches
from ...workspace import Want, carve
from .geometry import Conv, window_view

CACHE = 4 << 20
"""Bytes of windows in a chunk: 2 to 6 MiB measured best, on cores with 1 MiB of second-level cache."""


def chunk(conv: Conv, dtype: str) -> int:
    """Images of a chunk."""
    return images(conv.num, conv.groups * conv.windows * conv.terms * np.dtype(dtype).itemsize, CACHE)


def padded(conv: Conv, dtype: str) -> Want:
    """A chunk of images, surrounded by zeros, channels last."""
    return Want((conv.groups, chunk(conv, dtype), *conv.padded, conv.inputs), dtype)


def columns(conv: Conv, dtype: str) -> Want:
    """All windows of a chunk."""
    return Want((conv.groups, chunk(conv, dtype), *conv.grid.out, *conv.kernel, conv.inputs), dtype)


def results(conv: Conv, dtype: str) -> Want:
    """The outputs of a chunk, filters last."""
    return Want((conv.groups, chunk(conv, dtype), conv.windows, conv.outputs), dtype)


def channels_last(x: Array, conv: Conv, images: slice) -> Array:
    """A view of some images with the size of `conv`: (groups, images, height, width, channels of a group)."""
    part = x[images]
    return part.reshape(len(part), conv.groups, conv.inputs, *part.shape[2:]).transpose(1, 0, 3, 4, 2)


def filters_last(y: Array, conv: Conv, images: slice) -> Array:
    """A view of some outputs: (groups, images, windows, filters of a group)."""
    part = y[images]
    return part.reshape(len(part), conv.groups, conv.outputs, conv.windows).transpose(1, 0, 3, 2)


class Gather:
    """Fills the matrix of windows for a chunk of `count` images, given as `channels_last` shows them."""

    def __init__(self, conv: Conv, padded: Array, columns: Array, count: int) -> None:
        grid = conv.grid
        self.inside = padded[:, :count, grid.rows.image, grid.columns.image]
        self.windows = window_view(padded[:, :count], grid, 2, 3)
        self.columns = columns[:, :count]
        self.matrix = self.columns.reshape(conv.groups, count * conv.windows, conv.terms)

    def run(self, x: Array) -> None:
        np.copyto(self.inside, x)
        np.copyto(self.columns, self.windows)


class Product:
    """y = W x + b.

    weight: a view (groups, kernel height, kernel width, inputs, outputs).   bias: (filters,) or None.
    """

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        weight = Want((conv.groups, *conv.kernel, conv.inputs, conv.outputs), dtype)
        return padded(conv, dtype), columns(conv, dtype), results(conv, dtype), weight

    def __init__(
        self, conv: Conv, flat: Array, weight: Array, bias: Array | None, pairs: Sequence[tuple[Array, Array]]
    ) -> None:
        dtype = str(weight.dtype)
        self.padded, filled, out, self.weight = carve(flat, self.wants(conv, dtype))
        self.given = weight
        self.bias = None if bias is None else bias.reshape(conv.groups, 1, 1, conv.outputs)
        self.matrix = self.weight.reshape(conv.groups, conv.terms, conv.outputs)
        self.jobs = []
        for x, y in pairs:
            for part in stretches(conv.num, chunk(conv, dtype)):
                count = part.stop - part.start
                gather, result = Gather(conv, self.padded, filled, count), out[:, :count]
                product = result.reshape(conv.groups, -1, conv.outputs)
                self.jobs.append((gather, channels_last(x, conv, part), product, result, filters_last(y, conv, part)))

    def run(self) -> None:
        np.copyto(self.weight, self.given)
        self.padded.fill(0)
        for gather, x, product, result, y in self.jobs:
            gather.run(x)
            np.matmul(gather.matrix, self.matrix, out=product)
            if self.bias is None:
                np.copyto(y, result)
            else:
                np.add(result, self.bias, out=y)


class FilterGradient:
    """dW = sum over images and windows of dy x."""

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        gradient = Want((conv.groups, conv.terms, conv.outputs), dtype)
        return padded(conv, dtype), columns(conv, dtype), results(conv, dtype), gradient, gradient

    def __init__(self, conv: Conv, flat: Array, gradient: Array, pairs: Sequence[tuple[Array, Array]]) -> None:
        dtype = str(gradient.dtype)
        self.padded, filled, slopes, self.total, self.part = carve(flat, self.wants(conv, dtype))
        self.gradient = gradient.reshape(conv.filter_shape)
        self.summed = self.total.reshape(conv.groups, *conv.kernel, conv.inputs, conv.outputs).transpose(0, 4, 3, 1, 2)
        self.jobs = []
        for x, dy in pairs:
            for part in stretches(conv.num, chunk(conv, dtype)):
                count = part.stop - part.start
                gather, slope = Gather(conv, self.padded, filled, count), slopes[:, :count]
                rows = slope.reshape(conv.groups, -1, conv.outputs)
                image, given = channels_last(x, conv, part), filters_last(dy, conv, part)
                self.jobs.append((gather, gather.matrix.transpose(0, 2, 1), image, slope, given, rows))

    def run(self) -> None:
        self.padded.fill(0)
        self.total.fill(0)
        for gather, matrix, x, slope, dy, rows in self.jobs:
            gather.run(x)
            np.copyto(slope, dy)
            np.matmul(matrix, rows, out=self.part)
            np.add(self.total, self.part, out=self.total)
        np.copyto(self.gradient, self.summed)


class Spread:
    """dx = W' dy, cell by cell of the windows, each added where it came from."""

    @staticmethod
    def wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
        count = chunk(conv, dtype)
        cells = Want((conv.grid.cells, conv.groups, count, *conv.grid.out, conv.inputs), dtype)
        weight = Want((*conv.kernel, conv.groups, conv.outputs, conv.inputs), dtype)
        return padded(conv, dtype), cells, results(conv, dtype), weight

    def __init__(self, conv: Conv, flat: Array, weight: Array, pairs: Sequence[tuple[Array, Array]]) -> None:
        dtype = str(weight.dtype)
        self.padded, cells, slopes, self.weight = carve(flat, self.wants(conv, dtype))
        self.given = weight.reshape(conv.filter_shape).transpose(3, 4, 0, 1, 2)
        self.matrix = self.weight.reshape(conv.grid.cells, conv.groups, conv.outputs, conv.inputs)
        self.jobs = []
        for dy, dx in pairs:
            for part in stretches(conv.num, chunk(conv, dtype)):
                count = part.stop - part.start
                slope, found, image = slopes[:, :count], cells[:, :, :count], self.padded[:, :count]
                rows = slope.reshape(conv.groups, -1, conv.outputs)
                product = found.reshape(conv.grid.cells, conv.groups, -1, conv.inputs)
                targets = [image[:, :, down, right] for down, right in conv.grid.each_cell()]
                inside = image[:, :, conv.grid.rows.image, conv.grid.columns.image]
                shown = channels_last(dx, conv, part)
                self.jobs.append((filters_last(dy, conv, part), slope, rows, product, found, targets, inside, shown))

    def run(self) -> None:
        np.copyto(self.weight, self.given)
        for dy, slope, rows, product, found, targets, inside, dx in self.jobs:
            np.copyto(slope, dy)
            np.matmul(rows, self.matrix, out=product)
            self.padded.fill(0)
            for target, cell in zip(targets, found, strict=True):
                np.add(target, cell, out=target)
            np.copyto(dx, inside)
