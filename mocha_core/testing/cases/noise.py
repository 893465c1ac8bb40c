"""Cases of the layers that draw random numbers: random normal numbers, random masks, crops."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import CropLayer, RandomMaskLayer, RandomNormalLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, shapes

PLAIN_NORMAL = Case(RandomNormalLayer(name="noise", output_dims=[5], batch_sizes=[3], tops=["y0"]), ())
PLAIN_MASK = Case(RandomMaskLayer(name="mask", bottoms=["x0"]), bottoms((4, 7)))
PLAIN_CROP = Case(CropLayer(name="crop", crop_size=(3, 2), bottoms=["x0"], tops=["y0"]), bottoms((2, 3, 6, 5)))


@family("random-normal", PLAIN_NORMAL)
@st.composite
def random_normal(draw: st.DrawFn) -> Case:
    """One or two tops, of an even or odd number of elements."""
    batches = draw(st.lists(st.integers(1, 6), min_size=1, max_size=2))
    layer = RandomNormalLayer(
        name="noise", output_dims=draw(shapes(1, 3)), batch_sizes=batches, tops=names("y", len(batches))
    )
    return Case(layer, ())


@family("random-mask", PLAIN_MASK)
@st.composite
def random_mask(draw: st.DrawFn) -> Case:
    """Several blobs, in place or with tops."""
    count, ratio = draw(st.integers(1, 3)), draw(st.sampled_from([0.2, 0.5, 0.7]))
    tops = names("y", count) if draw(st.booleans()) else ()
    layer = RandomMaskLayer(name="mask", ratio=ratio, bottoms=names("x", count), tops=tops)
    return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count))))


@family("crop", PLAIN_CROP)
@st.composite
def crop(draw: st.DrawFn) -> Case:
    """One or two blobs, also cropped to their own size; from the centre, or at random, or mirrored, or both."""
    size = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    count = draw(st.integers(1, 2))
    layer = CropLayer(
        name="crop",
        crop_size=size,
        random_crop=draw(st.booleans()),
        random_mirror=draw(st.booleans()),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(draw(image_shapes(least=size)) for _ in range(count))))
