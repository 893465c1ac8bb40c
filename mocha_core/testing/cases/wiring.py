"""Cases of the layers that only pass numbers on: identity, reshape, concat, split."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from ...layers import ConcatLayer, IdentityLayer, ReshapeLayer, SplitLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, names, shapes

PLAIN_IDENTITY = Case(IdentityLayer(name="same", bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_RESHAPE = Case(ReshapeLayer(name="reshape", shape=(6,), bottoms=["x0"], tops=["y0"]), bottoms((4, 2, 3)))
PLAIN_CONCAT = Case(ConcatLayer(name="concat", bottoms=["x0", "x1"], tops=["y0"]), bottoms((2, 3, 4), (2, 5, 4)))
PLAIN_SPLIT = Case(SplitLayer(name="split", bottoms=["x0"], tops=["y0", "y1"]), bottoms((3, 5)))


@family("identity", PLAIN_IDENTITY)
@st.composite
def identity(draw: st.DrawFn) -> Case:
    """Several blobs of different shapes."""
    count = draw(st.integers(1, 3))
    layer = IdentityLayer(name="same", bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count))))


@family("reshape", PLAIN_RESHAPE)
@st.composite
def reshape(draw: st.DrawFn) -> Case:
    """Sides in another order, all in one, one of them left to be inferred or copied; of some axes only, also none."""
    shape = draw(shapes(3, 4))
    whole = {(s, 1, -1) for s in (shape[:0:-1], (math.prod(shape[1:]),), (-1, shape[1]), (shape[2], -1), (0, -1))}
    some = {((-1,), 0, 2), ((0, -1, shape[1]), 0, -1), ((1, shape[-1]), -2, 1), ((1, 1), -1, -1), ((1,), 1, 0)}
    sizes, axis, num_axes = draw(st.sampled_from(sorted(whole | some)))
    count = draw(st.integers(1, 2))
    layer = PLAIN_RESHAPE.layer.replace(
        shape=sizes, axis=axis, num_axes=num_axes, bottoms=names("x", count), tops=names("y", count)
    )
    return Case(layer, bottoms(*(shape,) * count))


@family("concat", PLAIN_CONCAT)
@st.composite
def concat(draw: st.DrawFn) -> Case:
    """One to three blobs along any axis, counted from the front or the end."""
    shape = draw(shapes(2, 4))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True))
    blobs = [tuple(size if k == axis % len(shape) else s for k, s in enumerate(shape)) for size in sizes]
    layer = ConcatLayer(name="concat", axis=axis, bottoms=names("x", len(sizes)), tops=["y0"])
    return Case(layer, bottoms(*blobs))


@family("split", PLAIN_SPLIT)
@st.composite
def split(draw: st.DrawFn) -> Case:
    """One to three tops, copied or shown."""
    tops = names("y", draw(st.integers(1, 3)))
    return Case(PLAIN_SPLIT.layer.replace(tops=tops, no_copy=draw(st.booleans())), bottoms(draw(shapes(1, 4))))
