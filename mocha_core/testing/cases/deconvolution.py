"""Cases of `DeconvolutionLayer`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...errors import ShapeError
from ...layers import DeconvolutionLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, pairs, sizes

LAYER = DeconvolutionLayer(name="deconv", n_filter=4, kernel=(4, 3), stride=2, pad=1, bottoms=["x0"], tops=["y0"])
PLAIN = Case(LAYER, bottoms((2, 3, 4, 5)))


def _makes(case: Case) -> bool:
    """Whether the padding leaves anything."""
    try:
        case.plan("float64")
    except ShapeError:
        return False
    return True


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    n_group, count = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    options: dict[str, Any] = {"stride": draw(pairs(1, 3)), "pad": draw(pairs(0, 2)), "dilation": draw(pairs(1, 2))}
    shape = draw(image_shapes(n_group * draw(st.integers(1, 2))))
    layer = PLAIN.layer.replace(
        n_filter=n_group * draw(st.integers(1, 3)),
        n_group=n_group,
        kernel=draw(pairs(1, 3)),
        bias=draw(st.booleans()),
        bottoms=names("x", count),
        tops=names("y", count),
        **options,
    )
    return Case(layer, bottoms(*(shape,) * count))


@st.composite
def _axes(draw: st.DrawFn) -> Case:
    count = draw(st.sampled_from([1, 3]))
    layer = PLAIN.layer.replace(
        kernel=draw(sizes(count, 1, 3)), stride=draw(sizes(count, 1, 2)), pad=draw(st.integers(0, 1))
    )
    return Case(layer, bottoms(draw(image_shapes(least=(1,) * count))))


deconvolution = family("deconvolution", PLAIN)(lambda: _cases().filter(_makes))
deconvolution_axes = family("deconvolution-axes", PLAIN)(lambda: _axes().filter(_makes))
