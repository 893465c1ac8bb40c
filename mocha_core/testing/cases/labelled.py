"""Cases of losses and statistics whose labels are partly ignored, or that read class numbers in other ways.

The plain case of a family is the usual one, which fast kernels take, where those of its special options do not count.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...blob import Shape
from ...layer import Layer
from ...layers import (
    AccuracyLayer,
    BinaryCrossEntropyLossLayer,
    ContrastiveLossLayer,
    HingeLossLayer,
    InfogainLossLayer,
    MultinomialLogisticLossLayer,
    SoftmaxLossLayer,
)
from ...layers.labels import label_shape
from ...layers.normalization import NORMALIZATIONS
from ..case import Bottom, Case
from ..family import Family, family
from ..strategies import shapes
from .softmax import class_scores, loss_weights, ramp

BLOBS: dict[str, Any] = {"name": "loss", "bottoms": ("x", "label")}


def with_labels(shape: Shape, axis: int, more: int = 0, kind: str = "signed") -> tuple[Bottom, Bottom]:
    """Scores, and a label for each of their locations: a class, or one of so many numbers beyond them."""
    return Bottom(shape, kind), Bottom(label_shape(shape, axis), classes=shape[axis] + more)


def ignoring(label: str, layer: Layer, kind: str = "signed") -> Family:
    """Cases in which the label to ignore is one of the classes, or the number after the last."""
    plain = Case(layer, with_labels((3, 5), 1, kind=kind))

    @family(label, plain)
    @st.composite
    def cases(draw: st.DrawFn) -> Case:
        shape, axis = draw(class_scores())
        beyond = draw(st.booleans())
        options: dict[str, Any] = {"axis": axis, "ignore_label": shape[axis] if beyond else 0}
        if layer.traits.loss:
            options |= {**draw(loss_weights()), "normalization": draw(st.sampled_from(NORMALIZATIONS))}
        return Case(layer.replace(**options), with_labels(shape, axis, int(beyond), kind))

    return cases


SOFTMAX, LOGISTIC = SoftmaxLossLayer(**BLOBS), MultinomialLogisticLossLayer(**BLOBS)
PLAIN_CLASSES = Case(AccuracyLayer(**BLOBS), with_labels((3, 5), 1))
PLAIN_GAIN = Case(InfogainLossLayer(**BLOBS, matrix=ramp((5, 5))), with_labels((3, 5), 1))
GAIN_OF_BLOB = InfogainLossLayer(name="loss", bottoms=("x", "label", "gain"))
PLAIN_HINGE = Case(HingeLossLayer(**BLOBS, one_vs_rest=True), with_labels((3, 5), 1))
PLAIN_ENTROPY = Case(
    BinaryCrossEntropyLossLayer(**BLOBS, from_logits=True, ignore_label=2), (Bottom((3, 5)), Bottom((3, 5), classes=3))
)
SIAMESE = ContrastiveLossLayer(name="loss", bottoms=("a", "b", "same"))


def _siblings(layer: Layer, a: Shape, b: Shape) -> Case:
    """Caffe's divisor, 1e-4 too large, is why the gradient is not quite the slope, but for the legacy version."""
    same = Bottom((a[0], 1), classes=2)
    return Case(layer, (Bottom(a), Bottom(b), same), slope=layer == layer.replace(legacy=True))


@family("softmax-loss-normalized", Case(SOFTMAX.replace(normalization="batch"), with_labels((3, 5, 2), 1)))
@st.composite
def normalized(draw: st.DrawFn) -> Case:
    """Each divisor, without a label to ignore."""
    shape, axis = draw(class_scores())
    layer = SOFTMAX.replace(axis=axis, normalization=draw(st.sampled_from(NORMALIZATIONS)))
    return Case(layer, with_labels(shape, axis))


@family("accuracy-per-class", PLAIN_CLASSES)
@st.composite
def per_class(draw: st.DrawFn) -> Case:
    """With and without a label to ignore; the label of the highest scores, or of several, or after equal ones."""
    shape, axis = draw(class_scores())
    ignored = draw(st.sampled_from([None, 0, shape[axis]]))
    options = {"top_k": draw(st.integers(1, shape[axis])), "ties": draw(st.sampled_from(["first", "last"]))}
    layer = PLAIN_CLASSES.layer.replace(axis=axis, ignore_label=ignored, per_class=draw(st.booleans()), **options)
    return Case(layer, with_labels(shape, axis, int(ignored == shape[axis])))


@family("infogain-loss", PLAIN_GAIN)
@st.composite
def infogain(draw: st.DrawFn) -> Case:
    """With the matrix as an option, or as a blob."""
    shape, axis = draw(class_scores())
    size, blobs = shape[axis], with_labels(shape, axis)
    options = {"axis": axis, "ignore_label": draw(st.sampled_from([None, 0])), **draw(loss_weights())}
    if draw(st.booleans()):
        return Case(PLAIN_GAIN.layer.replace(matrix=ramp((size, size)), **options), blobs)
    gain = draw(st.sampled_from([(size, size), (1, 1, size, size)]))
    return Case(GAIN_OF_BLOB.replace(**options), (*blobs, Bottom(gain)))


@family("hinge-loss-of-classes", PLAIN_HINGE)
@st.composite
def hinge(draw: st.DrawFn) -> Case:
    """Both norms; several axes of scores."""
    shape = draw(shapes(2, 4))
    classes = Bottom((1, *shape[1:])).values().size
    layer = PLAIN_HINGE.layer.replace(norm=draw(st.sampled_from(["L1", "L2"])), **draw(loss_weights()))
    return Case(layer, (Bottom(shape), Bottom((shape[0], 1), classes=classes)))


@family("cross-entropy-ignoring", PLAIN_ENTROPY)
@st.composite
def entropy(draw: st.DrawFn) -> Case:
    """Each divisor, of logits and of probabilities."""
    x, logits, ignored = draw(shapes(1, 4)), draw(st.booleans()), draw(st.sampled_from([0, 2]))
    options = {"normalization": draw(st.sampled_from(NORMALIZATIONS)), "ignore_label": ignored}
    layer = PLAIN_ENTROPY.layer.replace(from_logits=logits, **draw(loss_weights()), **options)
    return Case(layer, (Bottom(x, "signed" if logits else "unit"), Bottom(x, classes=3 if ignored else 2)))


@family("contrastive-loss", _siblings(SIAMESE, (4, 3), (4, 3)))
@st.composite
def contrastive(draw: st.DrawFn) -> Case:
    """Margins that some pairs are within, all, or none."""
    a = draw(shapes(2, 4))
    layer = SIAMESE.replace(margin=draw(st.sampled_from([0.75, 2.0, 9.0])), legacy=draw(st.booleans()))
    return _siblings(layer.replace(**draw(loss_weights())), a, draw(st.sampled_from([a, (a[0], *a[:0:-1])])))


labelled: tuple[Family, ...] = (
    ignoring("softmax-loss-ignoring", SOFTMAX),
    ignoring("multinomial-logistic-loss-ignoring", LOGISTIC, "unit"),
    ignoring("accuracy-ignoring", AccuracyLayer(**BLOBS)),
    normalized,
    per_class,
    infogain,
    hinge,
    entropy,
    contrastive,
)
