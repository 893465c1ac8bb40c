"""Cases of the losses and statistics beside those of `softmax.py`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ...blob import Shape
from ...layer import Layer
from ...layers import (
    BinaryAccuracyLayer,
    BinaryCrossEntropyLossLayer,
    GaussianKLLossLayer,
    HingeLossLayer,
    MultinomialLogisticLossLayer,
    SoftlabelSoftmaxLossLayer,
    SquareLossLayer,
    WassersteinLossLayer,
)
from ...layers.labels import label_shape
from ..case import Bottom, Case
from ..family import Family, family
from ..strategies import bottoms, shapes
from .softmax import class_scores, loss_weights, ramp

BLOBS: dict[str, Any] = {"name": "loss", "bottoms": ("x", "y")}


def pair_family(label: str, layer: Layer, *kinds: str) -> Family:
    """Cases of a layer that reads two blobs element by element; the second also in another shape."""
    plain = Case(layer, (Bottom((3, 5), kinds[0]), Bottom((3, 5), kinds[1])))

    @family(label, plain)
    @st.composite
    def cases(draw: st.DrawFn) -> Case:
        x = draw(shapes(1, 4))
        y = draw(st.sampled_from([x, (x[0], math.prod(x[1:])), (math.prod(x),)]))
        changes = draw(loss_weights()) if layer.traits.loss else {}
        return Case(layer.replace(**changes), (Bottom(x, kinds[0]), Bottom(y, kinds[1])))

    return cases


pair_losses = (
    pair_family("square-loss", SquareLossLayer(**BLOBS), "signed", "signed"),
    pair_family("hinge-loss-within", HingeLossLayer(**BLOBS), "signed", "signed"),
    pair_family("hinge-loss", HingeLossLayer(**BLOBS), "positive", "signed"),
    pair_family("hinge-loss-squared", HingeLossLayer(**BLOBS, norm="L2"), "positive", "signed"),
    pair_family("binary-cross-entropy-loss", BinaryCrossEntropyLossLayer(**BLOBS), "unit", "unit"),
    pair_family("cross-entropy-of-logits", BinaryCrossEntropyLossLayer(**BLOBS, from_logits=True), "signed", "unit"),
    pair_family("gaussian-kl-loss", GaussianKLLossLayer(**BLOBS), "signed", "positive"),
    pair_family("binary-accuracy", BinaryAccuracyLayer(**BLOBS), "signed", "signed"),
    pair_family("binary-accuracy-of-half", BinaryAccuracyLayer(**BLOBS, threshold=0.5), "unit", "unit"),
)


def _probabilities(shape: Shape, axis: int) -> tuple[Bottom, Bottom]:
    return Bottom(shape, "unit"), Bottom(label_shape(shape, axis), classes=shape[axis])


PLAIN_LOGISTIC = Case(MultinomialLogisticLossLayer(**BLOBS), _probabilities((3, 5), 1))
PLAIN_SOFTLABEL = Case(SoftlabelSoftmaxLossLayer(**BLOBS), (Bottom((3, 5)), Bottom((3, 5), "unit")))


@family("multinomial-logistic-loss", PLAIN_LOGISTIC)
@st.composite
def logistic_loss(draw: st.DrawFn) -> Case:
    """Any axis, with and without class weights."""
    shape, axis = draw(class_scores())
    weights = draw(st.sampled_from([(), ramp((shape[axis],)), ramp(shape[1:])]))
    layer = PLAIN_LOGISTIC.layer.replace(axis=axis, weights=weights, **draw(loss_weights()))
    return Case(layer, _probabilities(shape, axis))


@family("softlabel-softmax-loss", PLAIN_SOFTLABEL)
@st.composite
def softlabel_loss(draw: st.DrawFn) -> Case:
    """Any axis; the labels do not sum to one."""
    shape, axis = draw(class_scores())
    layer = PLAIN_SOFTLABEL.layer.replace(axis=axis, **draw(loss_weights()))
    return Case(layer, (Bottom(shape), Bottom(shape, "unit")))


def _moving(prediction: Shape, label: Shape, lambda_: float = 2.0, steps: int = 5, centered: bool = False) -> Case:
    """The gradient of this loss is that of another objective; `tests/core/test_wasserstein_loss.py` looks at it."""
    cost = ramp((math.prod(prediction[1:]), math.prod(label[1:])), 0.125)
    layer = WassersteinLossLayer(**BLOBS, M=cost, lambda_=lambda_, sinkhorn_iter=steps, centered=centered)
    return Case(layer, bottoms(prediction, label, kind="unit"), slope=False)


@family("wasserstein-loss", _moving((2, 3), (2, 5)))
@st.composite
def wasserstein_loss(draw: st.DrawFn) -> Case:
    """Predictions and labels of one to three dimensions."""
    num, *sides = draw(shapes(3, 3))
    label = draw(st.sampled_from([(num, *sides), (num, sides[1])]))
    lambda_, steps = draw(st.sampled_from([0.5, 4.0])), draw(st.integers(1, 4))
    case = _moving((num, sides[0]), label, lambda_, steps, draw(st.booleans()))
    return replace(case, layer=case.layer.replace(**draw(loss_weights())))


losses: tuple[Family, ...] = (*pair_losses, logistic_loss, softlabel_loss, wasserstein_loss)
