"""Cases of `InnerProductLayer`."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from ...layers import InnerProductLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, names, shapes

PLAIN = Case(InnerProductLayer(name="ip", output_dim=4, bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_AXIS = Case(PLAIN.layer.replace(axis=2), bottoms((3, 2, 5)))
PLAIN_SEVERAL = Case(PLAIN.layer.replace(bottoms=["x0", "x1"], tops=["y0", "y1"]), bottoms((3, 5), (2, 5)))


@family("inner-product", PLAIN)
@st.composite
def inner_product(draw: st.DrawFn) -> Case:
    """One blob of two to four dimensions."""
    shape = draw(shapes())
    output_dim = draw(st.integers(1, 6).filter(lambda n: n not in (shape[0], math.prod(shape[1:]))))
    return Case(PLAIN.layer.replace(output_dim=output_dim, bias=draw(st.booleans())), bottoms(shape))


@family("inner-product-several", PLAIN_SEVERAL)
@st.composite
def several(draw: st.DrawFn) -> Case:
    """Several blobs of equal features, but different batch sizes, through one weight."""
    features = draw(shapes(1, 2))
    nums = draw(st.lists(st.integers(1, 5), min_size=2, max_size=3, unique=True))
    layer = InnerProductLayer(name="ip", output_dim=6, bottoms=names("x", len(nums)), tops=names("y", len(nums)))
    return Case(layer.replace(bias=draw(st.booleans())), bottoms(*((num, *features) for num in nums)))


@family("inner-product-axis", PLAIN_AXIS)
@st.composite
def other_axis(draw: st.DrawFn) -> Case:
    """Features that begin at any axis; the weight as it is or transposed."""
    shape = draw(shapes())
    axis = draw(st.integers(1, len(shape) - 1)) - draw(st.sampled_from([0, len(shape)]))
    output_dim = draw(st.integers(1, 6).filter(lambda n: n not in shape))
    options = {"axis": axis, "transposed": draw(st.booleans()), "bias": draw(st.booleans())}
    return Case(PLAIN.layer.replace(output_dim=output_dim, **options), bottoms(shape))
