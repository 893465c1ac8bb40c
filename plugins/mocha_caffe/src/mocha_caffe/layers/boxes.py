"""The formulas of box detectors: where prior boxes lie, how predictions are decoded, how much boxes overlap.

A box is (xmin, ymin, xmax, ymax) along the last axis, as parts of the image's width and height. Source: Liu, Anguelov,
Erhan, Szegedy, Reed, Fu and Berg, "SSD: Single shot multibox detector", 2016, and the fork of Caffe that came with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from mocha_core.blob import Array

SAME = 1e-6
"""Ratios closer than this are one."""
Pair = tuple[float, float]


def all_ratios(ratios: Sequence[float], flip: bool) -> tuple[float, ...]:
    """The ratios width : height of the boxes that are no squares: each once, and with `flip` its inverse, too.

    >>> all_ratios([1.0, 2.0, 0.5, 4.0], flip=True)
    (2.0, 0.5, 4.0, 0.25)
    """
    known = [1.0]
    for ratio in ratios:
        if all(abs(ratio - other) >= SAME for other in known):
            known += [ratio, 1 / ratio] if flip else [ratio]
    return tuple(ratio for ratio in known if abs(ratio - 1) >= SAME)


def box_sizes(min_sizes: Sequence[float], max_sizes: Sequence[float], ratios: Sequence[float]) -> tuple[Pair, ...]:
    """(height, width) of the boxes in one place, in their order.

    For each of `min_sizes` a square of that side; a square of side sqrt(min * max), if there are `max_sizes`; and for
    each ratio a box of the first square's area.

    >>> box_sizes([4.0], [9.0], [4.0])
    ((4.0, 4.0), (6.0, 6.0), (2.0, 8.0))
    """
    found: list[Pair] = []
    for k, side in enumerate(min_sizes):
        squares = [side, *(math.sqrt(side * most) for most in max_sizes[k : k + 1])]
        found += [(square, square) for square in squares]
        found += [(side / math.sqrt(ratio), side * math.sqrt(ratio)) for ratio in ratios]
    return tuple(found)


def prior_boxes(
    xp: Any, cells: tuple[int, int], image: Pair, step: Pair, offset: float, sizes: Sequence[Pair], dtype: Any
) -> Array:
    """Boxes of all `sizes` around the middle of every cell: (rows, columns, len(sizes), 4).

    cells: rows and columns.   image, step, sizes: (height, width) in pixels.   The middle of the cell in row r and
    column c lies at (offset + r, offset + c) * step.
    """
    rows, columns = cells
    y = xp.reshape((xp.arange(rows, dtype=dtype) + offset) * step[0], (rows, 1))
    x = xp.reshape((xp.arange(columns, dtype=dtype) + offset) * step[1], (1, columns))
    return xp.stack([_around(xp, y, x, size, image) for size in sizes], axis=2)


def _around(xp: Any, y: Array, x: Array, size: Pair, image: Pair) -> Array:
    (height, width), cells = size, (y.shape[0], x.shape[1])
    low = ((x - width / 2) / image[1], (y - height / 2) / image[0])
    high = ((x + width / 2) / image[1], (y + height / 2) / image[0])
    return xp.stack([xp.broadcast_to(side, cells) for side in (*low, *high)], axis=-1)


def decode_corner(xp: Any, offsets: Array, priors: Array) -> Array:
    """Each corner is moved by so much."""
    return priors + offsets


def decode_corner_size(xp: Any, offsets: Array, priors: Array) -> Array:
    """Each corner is moved by so many widths and heights of the prior box."""
    sizes = priors[..., 2:] - priors[..., :2]
    return priors + offsets * xp.concat([sizes, sizes], axis=-1)


def decode_center_size(xp: Any, offsets: Array, priors: Array) -> Array:
    """The middle is moved by so many widths and heights; these grow by the exponential of the other two numbers."""
    sizes, middles = priors[..., 2:] - priors[..., :2], (priors[..., :2] + priors[..., 2:]) / 2
    middle = offsets[..., :2] * sizes + middles
    half = xp.exp(offsets[..., 2:]) * sizes / 2
    return xp.concat([middle - half, middle + half], axis=-1)


DECODERS: dict[str, Callable[[Any, Array, Array], Array]] = {
    "corner": decode_corner,
    "center_size": decode_center_size,
    "corner_size": decode_corner_size,
}
"""offsets, prior boxes -> boxes. Unless they are in the offsets already, these are the predictions * variances."""


def areas(xp: Any, boxes: Array) -> Array:
    """width * height; 0 for a box that ends before it begins."""
    sides = xp.clip(boxes[..., 2:] - boxes[..., :2], 0, None)
    return sides[..., 0] * sides[..., 1]


def overlaps(xp: Any, a: Array, b: Array) -> Array:
    """The area that both boxes cover, as part of the area that either covers (Jaccard); shapes are broadcast.

    >>> import numpy as np
    >>> overlaps(np, np.array([0.0, 0.0, 3.0, 1.0]), np.array([1.0, 0.0, 4.0, 1.0])).item()
    0.5
    """
    low, high = xp.maximum(a[..., :2], b[..., :2]), xp.minimum(a[..., 2:], b[..., 2:])
    both = areas(xp, xp.concat([low, high], axis=-1))
    either = areas(xp, a) + areas(xp, b) - both
    return xp.where(both > 0, both / xp.where(both > 0, either, xp.ones_like(either)), xp.zeros_like(both))
