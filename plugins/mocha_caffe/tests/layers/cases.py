"""Cases of the layers of this package, for the conformance kit."""

from __future__ import annotations

from hypothesis import strategies as st

from mocha_caffe.layers import (
    ArgMaxLayer,
    BatchReindexLayer,
    CropLikeLayer,
    Im2colLayer,
    RowFilterLayer,
    SilenceLayer,
    SPPLayer,
)
from mocha_core import Pooling
from mocha_core.testing import Bottom, Case, image_shapes, shapes
from mocha_core.testing.family import family
from mocha_core.testing.strategies import bottoms, names, pairs

SPP = Case(SPPLayer(name="spp", levels=2, bottoms=["x"], tops=["y"]), bottoms((2, 3, 6, 5)))
IM2COL = Case(Im2colLayer(name="cells", kernel=(3, 2), bottoms=["x"], tops=["y"]), bottoms((2, 3, 6, 5)))
CROP = Case(CropLikeLayer(name="crop", bottoms=["x", "like"], tops=["y"]), bottoms((2, 3, 6, 5), (1, 7, 4, 2)))
PICK = Case(
    BatchReindexLayer(name="pick", bottoms=["x", "which"], tops=["y"]), (Bottom((4, 3)), Bottom((6,), classes=4))
)
FILTER = Case(
    RowFilterLayer(name="kept", bottoms=["x", "flag"], tops=["y"]), (Bottom((5, 3)), Bottom((5, 1), classes=2))
)
SILENCE = Case(SilenceLayer(name="quiet", bottoms=["x"]), bottoms((3, 5)))
ARG_MAX = Case(ArgMaxLayer(name="top", bottoms=["x"], tops=["y"]), bottoms((3, 5)))


@family("spp", SPP)
@st.composite
def spp(draw: st.DrawFn) -> Case:
    """One to three levels; images whose sides the bins divide, or not."""
    levels = draw(st.integers(1, 3))
    layer = SPP.layer.replace(levels=levels, pooling=draw(st.sampled_from([Pooling.Max(), Pooling.Mean()])))
    return Case(layer, bottoms(draw(image_shapes(least=(7, 9) if levels == 3 else (2, 2)))))


@family("im2col", IM2COL)
@st.composite
def im2col(draw: st.DrawFn) -> Case:
    """Gaps between windows, padding, cells apart; one or two images."""
    kernel, dilation, count = draw(pairs(1, 3)), draw(pairs(1, 2)), draw(st.integers(1, 2))
    layer = IM2COL.layer.replace(
        kernel=kernel,
        stride=draw(pairs(1, 3)),
        pad=draw(pairs(0, 2)),
        dilation=dilation,
        bottoms=names("x", count),
        tops=names("y", count),
    )
    least = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    return Case(layer, bottoms(*(draw(image_shapes(least=least)) for _ in range(count))))


@family("crop-like", CROP)
@st.composite
def crop_like(draw: st.DrawFn) -> Case:
    """From any axis on; without an offset, with one, with one for each axis."""
    like = draw(shapes(1, 4))
    axis = draw(st.integers(0, len(like) - 1))
    cut = len(like) - axis
    offsets = draw(st.lists(st.integers(0, 3), min_size=cut, max_size=cut))
    kind = draw(st.sampled_from(["none", "one", "each"]))
    given = {"none": [], "one": offsets[:1], "each": offsets}[kind]
    whole = {"none": [0] * cut, "one": offsets[:1] * cut, "each": offsets}[kind]
    room = draw(st.integers(0, 2))
    x = (*like[:axis], *(n + o + room for n, o in zip(like[axis:], whole, strict=True)))
    layer = CROP.layer.replace(axis=axis - draw(st.sampled_from([0, len(like)])), offsets=given)
    return Case(layer, bottoms(x, like))


@family("batch-reindex", PICK)
@st.composite
def batch_reindex(draw: st.DrawFn) -> Case:
    """Samples that are picked several times, and samples that are not."""
    shape = draw(shapes(1, 4))
    which = Bottom((draw(st.integers(1, 7)),), classes=draw(st.integers(1, shape[0])))
    return Case(PICK.layer, (Bottom(shape), which))


@family("row-filter", FILTER)
@st.composite
def row_filter(draw: st.DrawFn) -> Case:
    """One or two blobs; flags in any proportion, also none or all."""
    shape, count = draw(shapes(1, 4)), draw(st.integers(1, 2))
    fills = draw(st.sampled_from([(), (-1.0, 2.0)]))[:count]
    layer = FILTER.layer.replace(bottoms=(*names("x", count), "flag"), tops=names("y", count), fills=fills)
    flags = Bottom((shape[0],), kind="signed") if draw(st.booleans()) else Bottom((shape[0], 1), classes=2)
    return Case(layer, (*(Bottom(shape),) * count, flags))


@family("silence", SILENCE)
@st.composite
def silence(draw: st.DrawFn) -> Case:
    """One to three blobs."""
    count = draw(st.integers(1, 3))
    return Case(SilenceLayer(name="quiet", bottoms=names("x", count)), bottoms(*(draw(shapes()) for _ in range(count))))


@family("arg-max", ARG_MAX)
@st.composite
def arg_max(draw: st.DrawFn) -> Case:
    """Along any axis, or among all; positions or values."""
    shape = draw(shapes(2, 5))
    axis = draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    most = shape[axis] if axis is not None else 3 if max(shape[1:]) >= 3 else 1
    layer = ARG_MAX.layer.replace(axis=axis, top_k=draw(st.integers(1, most)), values=draw(st.booleans()))
    return Case(layer, bottoms(shape))


FAMILIES = (spp, im2col, crop_like, batch_reindex, row_filter, silence, arg_max)
