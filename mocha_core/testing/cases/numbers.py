"""Cases of the layers that compute with numbers in simple ways: reduction, MVN, threshold, exp, log, parameter."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...layers import ExpLayer, LogLayer, MVNLayer, ParameterLayer, ReductionLayer, ThresholdLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, names, shapes

PLAIN_REDUCTION = Case(ReductionLayer(name="reduce", axis=1, bottoms=["x0"], tops=["y0"]), bottoms((3, 4, 5)))
PLAIN_MVN = Case(MVNLayer(name="mvn", bottoms=["x0"], tops=["y0"]), bottoms((2, 3, 4, 5)))
PLAIN_THRESHOLD = Case(ThresholdLayer(name="large", bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_EXP = Case(ExpLayer(name="exp", bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_LOG = Case(LogLayer(name="log", bottoms=["x0"], tops=["y0"]), bottoms((3, 5), kind="positive"))
PLAIN_PARAMETER = Case(ParameterLayer(name="learned", shape=(3, 5), tops=["y0"]), ())


@family("reduction", PLAIN_REDUCTION)
@st.composite
def reduction(draw: st.DrawFn) -> Case:
    """Every operation, from any axis on, counted from the front or the end; one or two blobs."""
    shape, count = draw(shapes(1, 4)), draw(st.integers(1, 2))
    layer = PLAIN_REDUCTION.layer.replace(
        operation=draw(st.sampled_from(["sum", "asum", "sumsq", "mean"])),
        axis=draw(st.integers(-len(shape), len(shape) - 1)),
        coeff=draw(st.sampled_from([1.0, 0.5, -2.0])),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(shape,) * count))


@family("mvn", PLAIN_MVN)
@st.composite
def mvn(draw: st.DrawFn) -> Case:
    """With and without the variance, within channels and across them; eps large enough to matter."""
    across = draw(st.booleans())
    layer = PLAIN_MVN.layer.replace(
        normalize_variance=draw(st.booleans()), across_channels=across, eps=draw(st.sampled_from([1e-9, 0.25]))
    )
    *before, last = draw(shapes(2 if across else 3, 5))
    return Case(layer, bottoms((*before, last + 2)))


@family("threshold", PLAIN_THRESHOLD)
@st.composite
def threshold(draw: st.DrawFn) -> Case:
    """One or two blobs of different shapes."""
    count = draw(st.integers(1, 2))
    layer = ThresholdLayer(
        name="large",
        threshold=draw(st.sampled_from([0.0, 0.5, -0.5])),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count))))


@st.composite
def _curves(draw: st.DrawFn, plain: Case) -> Case:
    count = draw(st.integers(1, 2))
    given: Any = plain.layer
    layer = given.replace(
        base=draw(st.sampled_from([given.base, 2.0, 0.5, 10.0])),
        scale=draw(st.sampled_from([1.0, 0.5, 2.0])),
        shift=draw(st.sampled_from([0.0, 0.25])),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(draw(shapes(1, 4)) for _ in range(count)), kind=plain.bottoms[0].kind))


exp = family("exp", PLAIN_EXP)(lambda: _curves(PLAIN_EXP))
log = family("log", PLAIN_LOG)(lambda: _curves(PLAIN_LOG))


@family("parameter", PLAIN_PARAMETER)
@st.composite
def parameter(draw: st.DrawFn) -> Case:
    """Of any shape."""
    return Case(PLAIN_PARAMETER.layer.replace(shape=draw(shapes(1, 4))), ())
