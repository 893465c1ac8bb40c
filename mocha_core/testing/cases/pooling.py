"""Cases of `PoolingLayer`: windows that overlap, leave gaps, reach into the padding and stick out at the end."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...errors import ShapeError
from ...layers import PoolingLayer
from ...pooling import Pooling
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, pairs, sizes

PLAIN = Case(
    PoolingLayer(name="pool", kernel=(3, 2), stride=(2, 2), bottoms=["x0"], tops=["y0"]), bottoms((2, 3, 6, 5))
)


def _mean(divisor: str) -> Case:
    return Case(PLAIN.layer.replace(pooling=Pooling.Mean(), divisor=divisor), PLAIN.bottoms)


@st.composite
def _cases(draw: st.DrawFn, plain: Case) -> Case:
    kernel = draw(pairs(1, 4))
    stride = tuple(draw(st.integers(1, k)) for k in kernel)
    pad = tuple(draw(st.integers(0, k - 1)) for k in kernel)
    count = draw(st.integers(1, 2))
    layer = plain.layer.replace(
        kernel=kernel, stride=stride, pad=pad, bottoms=names("x", count), tops=names("y", count)
    )
    return Case(layer, bottoms(*(draw(image_shapes(least=kernel)) for _ in range(count))))


@st.composite
def _axes(draw: st.DrawFn) -> Case:
    """Images with one axis, or with three; the maximum, and both means."""
    kernel = draw(sizes(draw(st.sampled_from([1, 3])), 1, 3))
    stride = tuple(draw(st.integers(1, k)) for k in kernel)
    pad = tuple(draw(st.integers(0, k - 1)) for k in kernel)
    plain = draw(st.sampled_from([PLAIN, _mean("kernel"), _mean("window")]))
    return Case(plain.layer.replace(kernel=kernel, stride=stride, pad=pad), bottoms(draw(image_shapes(least=kernel))))


def _pools(case: Case) -> bool:
    """Whether no window is empty."""
    try:
        case.plan("float64")
    except ShapeError:
        return False
    return True


def _pooling(plain: Case) -> Any:
    return lambda: _cases(plain).filter(_pools)


max_pooling = family("pooling-max", PLAIN)(_pooling(PLAIN))
mean_pooling = family("pooling-mean-by-kernel", _mean("kernel"))(_pooling(_mean("kernel")))
window_pooling = family("pooling-mean-by-window", _mean("window"))(_pooling(_mean("window")))
pooling_axes = family("pooling-axes", PLAIN)(lambda: _axes().filter(_pools))
