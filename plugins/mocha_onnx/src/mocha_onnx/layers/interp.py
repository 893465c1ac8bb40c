"""Images in another size."""

from __future__ import annotations

import numpy as np

from mocha_core.layers import InterpLayer
from mocha_core.ops import Samples

from ..graph import Value
from ..place import Place
from ..registry import translates


@translates(InterpLayer)
def interp(layer: InterpLayer, at: Place) -> list[Value]:
    """Resize, by sizes, not factors, so that nothing is rounded; the nearest element by its number."""
    return [_resized(layer, at, k) for k in range(len(at.xs))]


def _resized(layer: InterpLayer, at: Place, k: int) -> Value:
    sizes = list(zip(at.bottoms[k].shape[2:], (size or 0 for size in at.top_dims[k][2:]), strict=True))
    if layer.mode == "nearest":
        y = at.xs[k]
        for axis, (size, out) in enumerate(sizes, start=2):
            y = at.op("Gather", y, at.constant(np.array(Samples.nearest(size, out).first)), axis=axis)
        return y
    corners = {"coordinate_transformation_mode": "align_corners" if layer.align_corners else "half_pixel"}
    whole = _whole(at, k, at.graph.integers(*(out for _, out in sizes)))
    return at.op("Resize", at.xs[k], None, None, whole, mode="linear", **corners)


def _whole(at: Place, k: int, out: Value) -> Value:
    """The sizes of the top, samples and channels as they come."""
    first = at.op("Slice", at.op("Shape", at.xs[k]), at.graph.integers(0), at.graph.integers(2))
    return at.op("Concat", first, out, axis=0)
