"""Blobs seen as one row of features per sample."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec
from ..layer import Layer


def as_rows(xp: Any, x: Array) -> Array:
    """x as (num, features)."""
    return xp.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


def count_features(layer: Layer, bottoms: tuple[BlobSpec, ...]) -> int:
    """How many features a sample of every bottom has; `ShapeError` if they differ, or a bottom is no batch."""
    for name, bottom in zip(layer.bottoms, bottoms, strict=True):
        if len(bottom.shape) < 2:
            raise layer.misfit(f"{name!r} is {bottom}, and the layer reads (num, features); give it that shape")
    sizes = {name: math.prod(b.shape[1:]) for name, b in zip(layer.bottoms, bottoms, strict=True)}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name!r} has {size}" for name, size in sizes.items())
        raise layer.misfit(f"the bottoms share one weight, so they need equally many features a sample; {found}")
    return next(iter(sizes.values()))
