"""Cases of the layers that put numbers elsewhere: flatten, slice, permute, shuffle, interp, tile."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import FlattenLayer, InterpLayer, PermuteLayer, ShuffleChannelLayer, SliceLayer, TileLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, pairs, shapes

PLAIN_FLATTEN = Case(FlattenLayer(name="flatten", bottoms=["x0"], tops=["y0"]), bottoms((4, 2, 3)))
PLAIN_SLICE = Case(SliceLayer(name="slice", bottoms=["x0"], tops=["y0", "y1"]), bottoms((3, 4, 5)))
PLAIN_PERMUTE = Case(PermuteLayer(name="turn", order=(0, 2, 1), bottoms=["x0"], tops=["y0"]), bottoms((3, 4, 5)))
PLAIN_SHUFFLE = Case(ShuffleChannelLayer(name="mix", groups=2, bottoms=["x0"], tops=["y0"]), bottoms((3, 6, 2, 4)))
PLAIN_INTERP = Case(InterpLayer(name="interp", factor=2, bottoms=["x0"], tops=["y0"]), bottoms((2, 3, 4, 5)))
PLAIN_TILE = Case(TileLayer(name="tile", tiles=3, bottoms=["x0"], tops=["y0"]), bottoms((3, 4, 5)))


@family("flatten", PLAIN_FLATTEN)
@st.composite
def flatten(draw: st.DrawFn) -> Case:
    """Any axes that follow each other, counted from the front or the end; one or two blobs."""
    shape, count = draw(shapes(1, 4)), draw(st.integers(1, 2))
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(shape) - 1)] * 2)))
    back = draw(st.sampled_from([0, len(shape)]))
    blobs = {"bottoms": names("x", count), "tops": names("y", count)}
    layer = PLAIN_FLATTEN.layer.replace(axis=first - back, end_axis=last, **blobs)
    return Case(layer, bottoms(*(shape,) * count))


@family("slice", PLAIN_SLICE)
@st.composite
def slice_(draw: st.DrawFn) -> Case:
    """Equal pieces, or pieces of different sizes, along any axis, counted from the front or the end."""
    shape = list(draw(shapes(2, 4)))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    count = draw(st.integers(1, 3))
    shape[axis] = count * draw(st.integers(1, 3))
    points: list[int] = []
    if draw(st.booleans()):
        shape[axis] = draw(st.integers(count + 1, 8))
        inner = st.integers(1, shape[axis] - 1)
        points = sorted(draw(st.lists(inner, min_size=count - 1, max_size=count - 1, unique=True)))
    layer = PLAIN_SLICE.layer.replace(axis=axis, slice_points=points, tops=names("y", count))
    return Case(layer, bottoms(tuple(shape)))


@family("permute", PLAIN_PERMUTE)
@st.composite
def permute(draw: st.DrawFn) -> Case:
    """Any order; one or two blobs."""
    shape, count = draw(shapes(1, 4)), draw(st.integers(1, 2))
    order = draw(st.permutations(range(len(shape))))
    layer = PermuteLayer(name="turn", order=order, bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(shape,) * count))


@family("shuffle-channel", PLAIN_SHUFFLE)
@st.composite
def shuffle_channel(draw: st.DrawFn) -> Case:
    """Any number of groups, of axes behind the channels; one or two blobs."""
    groups, each, count = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    num, *image = draw(shapes(1, 3))
    layer = PLAIN_SHUFFLE.layer.replace(groups=groups, bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*((num, groups * each, *image),) * count))


@family("interp", PLAIN_INTERP)
@st.composite
def interp(draw: st.DrawFn) -> Case:
    """Larger and smaller, in every mode, by factor, by size and by steps."""
    mode, corners = draw(st.sampled_from([("nearest", False), ("bilinear", False), ("bilinear", True)]))
    wish = draw(st.sampled_from(["factor", "size", "steps"] if corners else ["factor", "size"]))
    options = {"factor": (), wish: draw(pairs(1, 9) if wish == "size" else pairs(1, 4))}
    layer = PLAIN_INTERP.layer.replace(mode=mode, align_corners=corners, **options)
    return Case(layer, bottoms(draw(image_shapes())))


@family("tile", PLAIN_TILE)
@st.composite
def tile(draw: st.DrawFn) -> Case:
    """Along any axis, counted from the front or the end; one or two blobs."""
    shape, count = draw(shapes(1, 4)), draw(st.integers(1, 2))
    axis, tiles = draw(st.integers(-len(shape), len(shape) - 1)), draw(st.integers(1, 4))
    layer = TileLayer(name="tile", axis=axis, tiles=tiles, bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(shape,) * count))
