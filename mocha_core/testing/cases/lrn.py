"""Cases of `LRNLayer`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...layers import LRNLayer, LRNMode
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes

PLAIN = Case(LRNLayer(name="lrn", kernel=3, bottoms=["x0"], tops=["y0"]), bottoms((2, 6, 3, 4)))
OPTIONS = {
    "scale": st.sampled_from([0.0, 0.25, 1.0, 3.0]),
    "shift": st.sampled_from([0.5, 1.0, 2.0]),
    "power": st.sampled_from([0.5, 0.75, 1.0, 2.0]),
    "channel_axis": st.sampled_from([1, 2, -1]),
}


@st.composite
def _cases(draw: st.DrawFn, kernels: tuple[int, ...], mode: Any) -> Case:
    options = {name: draw(values) for name, values in OPTIONS.items()}
    layer = PLAIN.layer.replace(kernel=draw(st.sampled_from(kernels)), mode=mode, **options)
    return Case(layer, bottoms(draw(image_shapes())))


within_plain = Case(PLAIN.layer.replace(mode=LRNMode.WithinChannel()), bottoms((2, 3, 6, 5)))

across = family("lrn-across", PLAIN)(lambda: _cases((1, 2, 3, 4, 5), LRNMode.AcrossChannel()))
within = family("lrn-within", within_plain)(lambda: _cases((1, 3, 5), LRNMode.WithinChannel()))
