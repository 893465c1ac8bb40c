"""Cases of `ScaleLayer`, `BiasLayer` and `PReLULayer`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...blob import Shape
from ...layers import BiasLayer, PReLULayer, ScaleLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, shapes

SHAPE = (4, 3, 2, 5)
SCALE = ScaleLayer(name="scale", bias=True, bottoms=["x0"], tops=["y0"])
BIAS = BiasLayer(name="bias", bottoms=["x0"], tops=["y0"])
PRELU = PReLULayer(name="prelu", bottoms=["x0"], tops=["y0"])


@st.composite
def _stretches(draw: st.DrawFn, shape: Shape) -> tuple[int, int]:
    """The first axis, and how many."""
    axis = draw(st.integers(0, len(shape) - 1))
    return axis, draw(st.integers(0, len(shape) - axis))


@st.composite
def _learned(draw: st.DrawFn, plain: Any) -> Case:
    shape = draw(shapes(1, 4))
    axis, count = draw(_stretches(shape))
    if axis + count == len(shape):
        axis, count = axis - draw(st.sampled_from([0, len(shape)])), draw(st.sampled_from([-1, count]))
    return Case(plain.replace(axis=axis, num_axes=count), bottoms(shape))


@st.composite
def _given(draw: st.DrawFn, plain: Any) -> Case:
    shape = draw(shapes(1, 4))
    axis, count = draw(_stretches(shape))
    return Case(plain.replace(axis=axis, bottoms=["x0", "x1"]), bottoms(shape, shape[axis : axis + count]))


@family("scale", Case(SCALE, bottoms(SHAPE)))
@st.composite
def scale(draw: st.DrawFn) -> Case:
    """A learned scale, with and without bias."""
    return draw(_learned(SCALE.replace(bias=draw(st.booleans()))))


@family("scale-given", Case(SCALE.replace(bias=False, bottoms=["x0", "x1"]), bottoms(SHAPE, (3,))))
@st.composite
def scale_given(draw: st.DrawFn) -> Case:
    """The scale is a blob."""
    return draw(_given(SCALE.replace(bias=draw(st.booleans()))))


@family("bias", Case(BIAS, bottoms(SHAPE)))
@st.composite
def bias(draw: st.DrawFn) -> Case:
    """Learned, or a blob."""
    return draw(_learned(BIAS) | _given(BIAS))


@family("prelu", Case(PRELU, bottoms(SHAPE)))
@st.composite
def prelu(draw: st.DrawFn) -> Case:
    """A slope for each channel, or one."""
    shape = draw(shapes(2, 4))
    options = {"axis": draw(st.integers(1, len(shape) - 1)), "shared": draw(st.booleans())}
    return Case(PRELU.replace(**options), bottoms(shape))
