"""Cases of `ChannelPoolingLayer`: windows that overlap, leave gaps, reach into the padding and stick out at the end."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...errors import ShapeError
from ...layers import ChannelPoolingLayer
from ...pooling import Pooling, PoolingFunction
from ..case import Case
from ..family import Family, family
from ..strategies import bottoms, names, shapes

LAYER = ChannelPoolingLayer(name="pool", kernel=3, stride=2, pad=(1, 2), bottoms=["x0"], tops=["y0"])
SHAPE = (2, 7, 3, 4)


@st.composite
def _cases(draw: st.DrawFn, pooling: PoolingFunction) -> Case:
    shape = draw(shapes(2, 5))
    axis = draw(st.integers(1, len(shape) - 1)) - draw(st.sampled_from([0, len(shape)]))
    kernel, count = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    pad = draw(st.integers(0, kernel - 1)), draw(st.integers(0, kernel - 1))
    options = {"kernel": kernel, "stride": draw(st.integers(1, 3)), "pad": pad, "axis": axis, "pooling": pooling}
    layer = LAYER.replace(bottoms=names("x", count), tops=names("y", count), **options)
    return Case(layer, bottoms(*(shape,) * count))


def _fits(case: Any) -> bool:
    try:
        case.plan("float64")
    except ShapeError:
        return False
    return True


def _family(label: str, pooling: PoolingFunction) -> Family:
    plain = Case(LAYER.replace(pooling=pooling), bottoms(SHAPE))
    return family(f"channel-pooling-{label}", plain)(lambda: _cases(pooling).filter(_fits))


channel_pooling = (_family("max", Pooling.Max()), _family("mean", Pooling.Mean()))
