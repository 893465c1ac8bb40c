"""Cases of `DropoutLayer`."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import DropoutLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, shapes

PLAIN = Case(DropoutLayer(name="drop", ratio=0.5, bottoms=["x0"]), bottoms((4, 7)))


@family("dropout", PLAIN)
@st.composite
def dropout(draw: st.DrawFn) -> Case:
    """In place or with a top, scaled or not."""
    ratio, auto_scale = draw(st.sampled_from([0.2, 0.5, 0.7])), draw(st.booleans())
    tops = draw(st.sampled_from([(), ("y0",)]))
    return Case(PLAIN.layer.replace(ratio=ratio, auto_scale=auto_scale, tops=tops), bottoms(draw(shapes(1, 4))))
