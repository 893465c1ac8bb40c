"""Cases of `TiedInnerProductLayer`."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from ...layers import TiedInnerProductLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, names, shapes

LAYER = TiedInnerProductLayer(name="decode", tied_param_key="encode", output_dim=4, bottoms=["x0"], tops=["y0"])


@family("tied-inner-product", Case(LAYER, bottoms((3, 5))))
@st.composite
def tied_inner_product(draw: st.DrawFn) -> Case:
    """One or two blobs of different batch sizes; with and without a bias."""
    features = draw(shapes(1, 2))
    nums = draw(st.lists(st.integers(1, 5), min_size=1, max_size=2, unique=True))
    output_dim = draw(st.integers(1, 6).filter(lambda n: n != math.prod(features)))
    layer = LAYER.replace(bottoms=names("x", len(nums)), tops=names("y", len(nums)), output_dim=output_dim)
    return Case(layer.replace(bias=draw(st.booleans())), bottoms(*((num, *features) for num in nums)))


@family("tied-inner-product-old", Case(LAYER.replace(update_tied=False), bottoms((3, 5))))
@st.composite
def untrained(draw: st.DrawFn) -> Case:
    """The weight gets no gradient."""
    return Case(LAYER.replace(update_tied=False, bias=draw(st.booleans())), bottoms(draw(shapes())))
