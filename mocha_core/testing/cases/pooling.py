"""Cases of the layers that pool: windows that overlap, leave gaps, reach into the padding and stick out at the end."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...errors import ShapeError
from ...layers import PoolingLayer, StochasticPoolingLayer
from ...pooling import Pooling
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, pairs, sizes

PLAIN = Case(
    PoolingLayer(name="pool", kernel=(3, 2), stride=(2, 2), bottoms=["x0"], tops=["y0"]), bottoms((2, 3, 6, 5))
)
PLAIN_STOCHASTIC = Case(
    StochasticPoolingLayer(name="pool", kernel=(3, 2), stride=(2, 2), bottoms=["x0"], tops=["y0"]),
    bottoms((2, 3, 6, 5), kind="positive"),
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


@st.composite
def _options(draw: st.DrawFn) -> Case:
    """Rounding down, the whole image as one window, and where the maxima are."""
    case, whole = draw(_cases(draw(st.sampled_from([PLAIN, _mean("kernel"), _mean("window")])))), draw(st.booleans())
    windows = {"kernel": 1, "stride": 1, "pad": 0, "global_pooling": True} if whole else {"round_mode": "floor"}
    layer: Any = case.layer.replace(**windows)
    mask = draw(st.booleans()) and layer.pooling == Pooling.Max()
    masks = names("m", len(layer.tops)) if mask else ()
    return Case(layer.replace(mask=mask, tops=(*layer.tops, *masks)), case.bottoms)


@st.composite
def _stochastic(draw: st.DrawFn) -> Case:
    """Drawn, and the mean that testing takes."""
    case = draw(_cases(PLAIN_STOCHASTIC))
    given: Any = case.layer
    layer: Any = given.replace(
        sample=draw(st.booleans()),
        round_mode=draw(st.sampled_from(["ceil", "floor"])),
        pad=draw(st.sampled_from([0, given.pad])),
    )
    return Case(layer, bottoms(*(b.shape for b in case.bottoms), kind="positive"), slope=not layer.sample)


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
pooling_options = family("pooling-options", PLAIN)(lambda: _options().filter(_pools))
stochastic_pooling = family("pooling-stochastic", PLAIN_STOCHASTIC)(lambda: _stochastic().filter(_pools))
