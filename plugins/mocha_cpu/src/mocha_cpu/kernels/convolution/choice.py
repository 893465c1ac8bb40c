"""Which way of convolving is fastest for a shape. The rules are fits to measurements; all ways give the same."""

from __future__ import annotations

from typing import Any, Protocol

from mocha_core.blob import Array

from ...workspace import Want
from . import pixels, planes
from .geometry import Conv


class Work(Protocol):
    """Something bound to its arrays."""

    def run(self) -> None: ...


SMALL = 64
"""Below so many windows per image the products of single images are too small."""


def in_planes(conv: Conv) -> bool:
    """Channels first is faster: runs of an output row are longer than those of a window's row, or nothing is copied."""
    if conv.one_by_one:
        return conv.windows >= SMALL
    run = conv.grid.columns.kernel * conv.inputs
    return conv.grid.columns.stride == 1 and conv.grid.columns.out >= 2 * run


def by_reflection(conv: Conv) -> bool:
    """The gradient by the image is cheaper as a convolution of dy than cell by cell.

    Both sides are costs in products: to copy a number of a window costs as much as 16 of them, to add one, 37.
    """
    image = conv.grid.size[0] * conv.grid.size[1]
    reflection = image * conv.outputs * (conv.inputs + 16)
    return conv.reflects and reflection <= conv.windows * conv.inputs * (conv.outputs + 37)


def product_wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
    return planes.Product.wants(conv, dtype) if in_planes(conv) else pixels.Product.wants(conv, dtype)


def product(conv: Conv, flat: Array, weight: Array, bias: Array | None, pairs: Any) -> Work:
    """y = W x + b for (x, y) pairs."""
    if in_planes(conv):
        return planes.Product(conv, flat, weight, bias, pairs)
    return pixels.Product(conv, flat, weight.reshape(conv.filter_shape).transpose(0, 3, 4, 2, 1), bias, pairs)


def filter_gradient_wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
    return planes.FilterGradient.wants(conv, dtype) if in_planes(conv) else pixels.FilterGradient.wants(conv, dtype)


def filter_gradient(conv: Conv, flat: Array, gradient: Array, pairs: Any) -> Work:
    """dW for (x, dy) pairs."""
    if in_planes(conv):
        return planes.FilterGradient(conv, flat, gradient, pairs)
    return pixels.FilterGradient(conv, flat, gradient, pairs)


def image_gradient_wants(conv: Conv, dtype: str) -> tuple[Want, ...]:
    if in_planes(conv):
        return planes.Spread.wants(conv, dtype)
    if by_reflection(conv):
        return pixels.Product.wants(conv.reflected(), dtype)
    return pixels.Spread.wants(conv, dtype)


def image_gradient(conv: Conv, flat: Array, weight: Array, pairs: Any) -> Work:
    """dx for (dy, dx) pairs."""
    if in_planes(conv):
        return planes.Spread(conv, flat, weight, pairs)
    if by_reflection(conv):
        turned = weight.reshape(conv.filter_shape)[..., ::-1, ::-1].transpose(0, 3, 4, 1, 2)
        return pixels.Product(conv.reflected(), flat, turned, None, pairs)
    return pixels.Spread(conv, flat, weight, pairs)
