"""Blobs seen as one row of features per sample, or per place along the first axes."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Layer
from .wiring import resolve_axis


def as_rows(xp: Any, x: Array, axis: int = 1) -> Array:
    """x as (places, features); the features are the axes from `axis` on."""
    axis %= x.ndim
    return xp.reshape(x, (math.prod(x.shape[:axis]), math.prod(x.shape[axis:])))


def count_features(layer: Layer, bottoms: tuple[BlobSpec, ...], axis: int = 1) -> int:
    """How many features every bottom has from `axis` on; `ShapeError` if they differ, or a bottom is no batch."""
    for name, bottom in zip(layer.bottoms, bottoms, strict=True):
        if len(bottom.shape) < 2:
            raise layer.misfit(f"{name!r} is {bottom}, and the layer reads (num, features); give it that shape")
        if resolve_axis(layer, axis, bottom) == 0:
            raise layer.misfit(f"axis {axis} of {name!r}, {bottom}, is the batch; features are the axes from 1 on")
    sizes = {name: math.prod(b.shape[axis:]) for name, b in zip(layer.bottoms, bottoms, strict=True)}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name!r} has {size}" for name, size in sizes.items())
        raise layer.misfit(f"the bottoms share one weight, so they need equally many features a sample; {found}")
    return next(iter(sizes.values()))
