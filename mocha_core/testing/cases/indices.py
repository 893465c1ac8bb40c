"""Cases of the layers that make numbers of classes, or read them: argmax, index to one-hot, embedding."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ArgmaxLayer, EmbeddingLayer, Index2OnehotLayer
from ...layers.labels import label_shape
from ..case import Bottom, Case
from ..family import family
from ..strategies import bottoms, names, shapes
from .softmax import class_scores

PLAIN_ARGMAX = Case(ArgmaxLayer(name="argmax", bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_ONEHOT = Case(
    Index2OnehotLayer(name="onehot", n_class=4, bottoms=["x0"], tops=["y0"]), (Bottom((3, 1), classes=4),)
)
PLAIN_EMBEDDING = Case(
    EmbeddingLayer(name="words", input_dim=6, output_dim=4, bottoms=["x0"], tops=["y0"]), (Bottom((3, 5), classes=6),)
)


@family("argmax", PLAIN_ARGMAX)
@st.composite
def argmax(draw: st.DrawFn) -> Case:
    """One to three blobs, any axis."""
    shape, axis = draw(class_scores())
    count = draw(st.integers(1, 3))
    layer = ArgmaxLayer(name="argmax", axis=axis, bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(shape,) * count))


@family("index2onehot", PLAIN_ONEHOT)
@st.composite
def index2onehot(draw: st.DrawFn) -> Case:
    """Any axis, any number of classes."""
    shape, axis = draw(class_scores())
    classes = draw(st.integers(1, 6))
    layer = PLAIN_ONEHOT.layer.replace(n_class=classes, axis=axis)
    return Case(layer, (Bottom(label_shape(shape, axis), classes=classes),))


@family("embedding", PLAIN_EMBEDDING)
@st.composite
def embedding(draw: st.DrawFn) -> Case:
    """Numbers that come several times, and numbers that never come; with and without a bias."""
    rows = draw(st.integers(1, 8))
    layer = PLAIN_EMBEDDING.layer.replace(input_dim=rows, output_dim=draw(st.integers(1, 5)), bias=draw(st.booleans()))
    return Case(layer, (Bottom(draw(shapes(1, 3)), classes=draw(st.integers(1, rows))),))
