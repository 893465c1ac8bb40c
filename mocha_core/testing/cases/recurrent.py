"""Cases of the layers that read a sequence step by step: `LSTMLayer` and `GRULayer`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...layers import GRULayer, LSTMLayer
from ..case import Bottom, Case
from ..family import family
from ..strategies import bottoms, shapes

PLAIN_LSTM = Case(LSTMLayer(name="lstm", output_dim=4, bottoms=["x0"], tops=["y0"]), bottoms((5, 3, 2)))
PLAIN_GRU = Case(GRULayer(name="gru", output_dim=4, bottoms=["x0"], tops=["y0"]), bottoms((5, 3, 2)))


@st.composite
def _sequences(draw: st.DrawFn, plain: Any) -> Case:
    """Any number of axes; with and without a bias, and a blob that says where sequences begin."""
    shape = draw(shapes(2, 4))
    layer = plain.replace(output_dim=draw(st.integers(1, 5)), bias=draw(st.booleans()))
    if draw(st.booleans()):
        return Case(layer, bottoms(shape))
    return Case(layer.replace(bottoms=["x0", "cont"]), (Bottom(shape), Bottom(shape[:2], classes=2)))


@family("lstm", PLAIN_LSTM)
@st.composite
def lstm(draw: st.DrawFn) -> Case:
    """Forget gates that begin as Caffe's; any first value would do, as the cases bring their own."""
    return draw(_sequences(PLAIN_LSTM.layer))


@family("gru", PLAIN_GRU)
@st.composite
def gru(draw: st.DrawFn) -> Case:
    """With two biases or none."""
    return draw(_sequences(PLAIN_GRU.layer))
