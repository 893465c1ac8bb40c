"""Cases of `BatchNormLayer`."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from ...layers import BatchNormLayer
from ...plan import TEST
from ..case import Case
from ..family import family
from ..strategies import bottoms, shapes

LAYER = BatchNormLayer(name="bn", bottoms=["x0"], tops=["y0"], moving_average=0.75)
PLAIN = Case(LAYER, bottoms((4, 3, 2, 5)))


@st.composite
def _batches(draw: st.DrawFn) -> Case:
    """By the batch, in both phases."""
    shape = draw(shapes(2, 5))
    options = {"axis": draw(st.integers(1, len(shape) - 1)), "eps": draw(st.sampled_from([1e-5, 0.01]))}
    layer = LAYER.replace(statistics=draw(st.sampled_from(["phase", "batch"])), **options)
    return Case(layer, bottoms(shape))


def _is_defined(case: Case) -> bool:
    """Of two or three elements hardly anything but rounding is left of the gradient, whatever goes in; of one, 0."""
    layer: Any = case.layer
    shape = case.bottoms[0].shape
    return not 1 < math.prod(shape) // shape[layer.axis] < 4


batch_norm = family("batch-norm", PLAIN)(lambda: _batches().filter(_is_defined))


@family("batch-norm-running", Case(LAYER, PLAIN.bottoms, TEST))
@st.composite
def running(draw: st.DrawFn) -> Case:
    """By the averages of before."""
    shape = draw(shapes(2, 5))
    layer = LAYER.replace(axis=draw(st.integers(1, len(shape) - 1)))
    if draw(st.booleans()):
        return Case(layer.replace(statistics="running"), bottoms(shape))
    return Case(layer, bottoms(shape), TEST)
