"""Cases of the layers that read class scores: `SoftmaxLayer`, `SoftmaxLossLayer`, `AccuracyLayer`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...blob import Shape
from ...layers import AccuracyLayer, SoftmaxLayer, SoftmaxLossLayer
from ...layers.labels import label_shape
from ..case import Bottom, Case
from ..family import family
from ..strategies import bottoms, names, shapes


def scored(shape: Shape, axis: int) -> tuple[Bottom, Bottom]:
    """Scores, and one label for each of their locations."""
    return Bottom(shape), Bottom(label_shape(shape, axis), classes=shape[axis])


PLAIN_SOFTMAX = Case(SoftmaxLayer(name="prob", bottoms=["x0"], tops=["y0"]), bottoms((3, 5)))
PLAIN_LOSS = Case(SoftmaxLossLayer(name="loss", bottoms=["x", "label"]), scored((3, 5), 1))
PLAIN_WEIGHTED = Case(PLAIN_LOSS.layer.replace(weights=(1, 2, 3, 4, 5)), PLAIN_LOSS.bottoms)
PLAIN_ACCURACY = Case(AccuracyLayer(name="accuracy", bottoms=["x", "label"]), PLAIN_LOSS.bottoms)


@st.composite
def class_scores(draw: st.DrawFn) -> tuple[Shape, int]:
    """A shape, and an axis of classes that is not the batch, counted from the front or the end."""
    shape = draw(shapes(2, 4))
    axis = draw(st.integers(1, len(shape) - 1))
    return shape, draw(st.sampled_from([axis, axis - len(shape)]))


@st.composite
def loss_weights(draw: st.DrawFn) -> dict[str, Any]:
    """How much a loss counts, in its value or beside it."""
    return {name: draw(st.sampled_from([0.25, 1.0, 3.0])) for name in ("weight", "loss_weight")}


@family("softmax", PLAIN_SOFTMAX)
@st.composite
def softmax(draw: st.DrawFn) -> Case:
    """One or two blobs, any axis."""
    shape, axis = draw(class_scores())
    count = draw(st.integers(1, 2))
    layer = PLAIN_SOFTMAX.layer.replace(axis=axis, bottoms=names("x", count), tops=names("y", count))
    return Case(layer, bottoms(*(shape,) * count))


@family("softmax-loss", PLAIN_LOSS)
@st.composite
def softmax_loss(draw: st.DrawFn) -> Case:
    """Any axis, any weight of the loss."""
    shape, axis = draw(class_scores())
    return Case(PLAIN_LOSS.layer.replace(axis=axis, **draw(loss_weights())), scored(shape, axis))


@family("softmax-loss-weighted", PLAIN_WEIGHTED)
@st.composite
def weighted_loss(draw: st.DrawFn) -> Case:
    """Class weights of each shape, with each way to normalise them."""
    shape, axis = draw(class_scores())
    weights = ramp(draw(st.sampled_from([(shape[axis],), shape[1:], shape])))
    normalize = draw(st.sampled_from(["local", "global", "no"]))
    return Case(PLAIN_LOSS.layer.replace(axis=axis, weights=weights, normalize=normalize), scored(shape, axis))


@family("accuracy", PLAIN_ACCURACY)
@st.composite
def accuracy(draw: st.DrawFn) -> Case:
    """Any axis, any number of scores that count."""
    shape, axis = draw(class_scores())
    top_k = draw(st.integers(1, shape[axis]))
    return Case(PLAIN_ACCURACY.layer.replace(axis=axis, top_k=top_k), scored(shape, axis))


def ramp(shape: Shape, step: float = 0.25) -> Any:
    """Different weights, 1 and more, as nested lists."""
    return (1 + np.arange(math.prod(shape)).reshape(shape) * step).tolist()
