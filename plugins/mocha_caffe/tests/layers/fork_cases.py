"""Cases of the layers that forks of Caffe need, and of sharing and stopping, for the conformance kit."""

from __future__ import annotations

from hypothesis import strategies as st

from mocha_caffe.layers import BorrowingLayer, Loan, LSTMUnitLayer, StopGradientLayer, TrimLayer
from mocha_core import ConvolutionLayer, InnerProductLayer
from mocha_core.testing import Bottom, Case, shapes
from mocha_core.testing.family import family
from mocha_core.testing.strategies import bottoms, names

TRIM = Case(TrimLayer(name="trim", begin=(1, 2), end=(0, 1), bottoms=["x"], tops=["y"]), bottoms((2, 3, 6, 5)))
STOP = Case(StopGradientLayer(name="stop", bottoms=["x"], tops=["y"]), bottoms((3, 5)))

UNIT = Case(
    LSTMUnitLayer(name="unit", bottoms=["c0", "gates", "cont"], tops=["c1", "h1"]),
    (*bottoms((1, 3, 2), (1, 3, 8)), Bottom((1, 3), classes=2)),
)
PRODUCT = InnerProductLayer(name="ip", output_dim=4, bottoms=["x"], tops=["y"])
CONV = ConvolutionLayer(name="conv", n_filter=4, kernel=2, bottoms=["x"], tops=["y"])
MEMBERS = [
    (PRODUCT, (3, 6), "weight", [(4, 6), (8, 3)]),
    (CONV, (2, 3, 5, 4), "filter", [(4, 3, 2, 2), (48,)]),
]
"""With a shape for the bottom, the parameter that is borrowed, and shapes of as many numbers."""
BORROWING = Case(
    BorrowingLayer.of(PRODUCT, [Loan(own="weight", key="other", name="weight", shape=(4, 6))]), bottoms((3, 6))
)


@family("trim", TRIM)
@st.composite
def trim(draw: st.DrawFn) -> Case:
    """Any number of axes, a lot off and nothing at all."""
    left = draw(shapes(1, 4))
    axes = draw(st.integers(1, len(left)))
    begin, end = (draw(st.lists(st.integers(0, 3), min_size=axes, max_size=axes)) for _ in range(2))
    whole = len(left) - axes
    x = (*left[:whole], *(n + b + e for n, b, e in zip(left[whole:], begin, end, strict=True)))
    return Case(TRIM.layer.replace(begin=begin, end=end), bottoms(x))


@family("stop-gradient", STOP)
@st.composite
def stop_gradient(draw: st.DrawFn) -> Case:
    """One or two blobs."""
    count = draw(st.integers(1, 2))
    layer = StopGradientLayer(name="stop", bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(draw(shapes()) for _ in range(count))))


@family("borrowing", BORROWING)
@st.composite
def borrowing(draw: st.DrawFn) -> Case:
    """One parameter or both, under the same names or others, in the same shape or another."""
    member, shape, own, shared = draw(st.sampled_from(MEMBERS))
    name, whole = draw(st.sampled_from([own, "elsewhere"])), draw(st.sampled_from(shared))
    loans = [Loan(own=own, key="other", name=name, shape=whole)]
    if draw(st.booleans()):
        loans.append(Loan(own="bias", key="third", name="bias", shape=(2, 2)))
    return Case(BorrowingLayer.of(member, loans), bottoms(shape))


@family("lstm-unit", UNIT)
@st.composite
def lstm_unit(draw: st.DrawFn) -> Case:
    """Any numbers of sequences and cells."""
    num, cells = draw(shapes(2, 2))
    return Case(UNIT.layer, (*bottoms((1, num, cells), (1, num, 4 * cells)), Bottom((1, num), classes=2)))


FAMILIES = (lstm_unit, trim, stop_gradient, borrowing)
