"""Cases of the layers that read a sequence step by step: `LSTMLayer`, `GRULayer` and `RNNLayer`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...layers import GRULayer, LSTMLayer, RNNLayer
from ...layers.remembering import RecallLayer
from ..case import Bottom, Case
from ..family import Family, family
from ..strategies import bottoms, names, shapes


def of(label: str, kind: Any) -> Family:
    """Cases of one of them."""
    plain = Case(kind(name=label, output_dim=4, bottoms=["x0"], tops=["y0"]), bottoms((5, 3, 2)))

    @family(label, plain)
    @st.composite
    def cases(draw: st.DrawFn) -> Case:
        """Any number of axes; with and without a bias, and a blob that says where sequences begin."""
        shape = draw(shapes(2, 4))
        layer = plain.layer.replace(output_dim=draw(st.integers(1, 5)), bias=draw(st.booleans()))
        if draw(st.booleans()):
            return Case(layer, bottoms(shape))
        return _remembering(draw, layer, (Bottom(shape), Bottom(shape[:2], classes=2)))

    return cases


def _remembering(draw: st.DrawFn, layer: Any, given: tuple[Bottom, ...]) -> Case:
    """With and without what does not change, and states that come in and go out."""
    num, static, states = given[0].shape[1], draw(st.booleans()), draw(st.booleans())
    if static:
        given = (*given, Bottom((num, *draw(shapes(0, 2)))))
    count = len(layer.remembers) if states else 0
    given = (*given, *(Bottom((1, num, layer.output_dim)),) * count)
    options = {"static": static, "states": states, "bottoms": names("x", len(given)), "tops": names("y", 1 + count)}
    return Case(layer.replace(**options), given)


PLAIN_RECALL = Case(
    RecallLayer(name="recall", states=["h", "c"], size=4, bottoms=["x"], tops=["h0", "c0"]), bottoms((5, 3, 2))
)


@family("recall", PLAIN_RECALL)
@st.composite
def recall(draw: st.DrawFn) -> Case:
    """One state or two; any number of axes."""
    count = draw(st.integers(1, 2))
    layer = PLAIN_RECALL.layer.replace(states=names("s", count), tops=names("y", count), size=draw(st.integers(1, 5)))
    return Case(layer, bottoms(draw(shapes(2, 4))))


lstm = of("lstm", LSTMLayer)
gru = of("gru", GRULayer)
rnn = of("rnn", RNNLayer)
