"""Losses and accuracy. Their results are called like the layers."""

from __future__ import annotations

from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import (
    AccuracyLayer,
    BinaryCrossEntropyLossLayer,
    ContrastiveLossLayer,
    HingeLossLayer,
    InfogainLossLayer,
    MultinomialLogisticLossLayer,
    SoftmaxLayer,
    SoftmaxLossLayer,
    SquareLossLayer,
)

from ...formats import read_blob
from ..given import CaffeLayer
from ..registry import translates

NORMALIZATIONS = {"FULL": "full", "VALID": "valid", "BATCH_SIZE": "batch", "NONE": "none"}


def loss(layer: CaffeLayer, kind: type[Layer], **options: Any) -> Layer:
    """A loss with its weight in the objective, 1 where the file does not say; Caffe shows it without the weight."""
    given = layer.message.loss_weight
    return layer.make(kind, tops=(), loss_weight=given[0] if given else 1.0, **options)


def normalized(layer: CaffeLayer, default: str) -> dict[str, Any]:
    """What the sum is divided by: normalization, else what `normalize` meant in old files, else the default."""
    block = layer.block("loss_param")
    if "normalization" in block or "normalize" not in block:
        mode = NORMALIZATIONS.get(str(block.normalization) if "normalization" in block else default)
    else:
        mode = "valid" if block.normalize else "batch"
    if mode is None:
        raise layer.refuse(f"normalization is {block.normalization}; known are {', '.join(NORMALIZATIONS)}")
    ignore = {"ignore_label": int(block.ignore_label)} if "ignore_label" in block else {}
    return {"normalization": mode, **ignore}


@translates("SoftmaxWithLoss", sink=True)
def softmax_loss(layer: CaffeLayer) -> list[Layer]:
    """A second top is the softmax itself."""
    axis = layer.block("softmax_param").axis
    made: list[Layer] = [loss(layer, SoftmaxLossLayer, axis=axis, **normalized(layer, "VALID"))]
    if len(layer.tops) > 1:
        made.append(
            SoftmaxLayer(name=layer.step("softmax"), bottoms=layer.bottoms[:1], tops=layer.tops[1:2], axis=axis)
        )
    return made


@translates("SigmoidCrossEntropyLoss", sink=True)
def sigmoid_cross_entropy(layer: CaffeLayer) -> Layer:
    """By default divided by the batch, not by what is valid; of labels of any size."""
    return loss(layer, BinaryCrossEntropyLossLayer, from_logits=True, any_label=True, **normalized(layer, "BATCH_SIZE"))


@translates("EuclideanLoss", sink=True)
def euclidean(layer: CaffeLayer) -> Layer:
    """sum (a - b)^2 / 2N."""
    return loss(layer, SquareLossLayer)


@translates("HingeLoss", sink=True)
def hinge(layer: CaffeLayer) -> Layer:
    """One score per class against the number of the class."""
    return loss(layer, HingeLossLayer, one_vs_rest=True, norm=str(layer.block("hinge_loss_param").norm))


@translates("MultinomialLogisticLoss", sink=True)
def multinomial(layer: CaffeLayer) -> Layer:
    """On probabilities."""
    return loss(layer, MultinomialLogisticLossLayer)


@translates("ContrastiveLoss", sink=True)
def contrastive(layer: CaffeLayer) -> Layer:
    """Of pairs that belong together or do not."""
    block = layer.block("contrastive_loss_param")
    return loss(layer, ContrastiveLossLayer, margin=block.margin, legacy=block.legacy_version)


@translates("InfogainLoss", sink=True)
def infogain(layer: CaffeLayer) -> Layer:
    """The matrix is the third bottom, or in a file."""
    block = layer.block("infogain_loss_param")
    options: dict[str, Any] = {"axis": block.axis, **normalized(layer, "VALID")}
    if len(layer.bottoms) < 3:
        matrix = read_blob(layer.file(block.source))
        options["matrix"] = matrix.reshape(matrix.shape[-2:]).tolist()
    return loss(layer, InfogainLossLayer, **options)


@translates("Accuracy", sink=True)
def accuracy(layer: CaffeLayer) -> list[Layer]:
    """The share of labels among the top_k highest scores; a second top is that share for each class."""
    block = layer.block("accuracy_param")
    options: dict[str, Any] = {"tops": (), "top_k": block.top_k, "axis": block.axis, "ties": "last"}
    if "ignore_label" in block:
        options["ignore_label"] = int(block.ignore_label)
    made: list[Layer] = [layer.make(AccuracyLayer, **options)]
    if len(layer.tops) > 1:
        made.append(layer.make(AccuracyLayer, **{**options, "name": layer.tops[1], "per_class": True}))
    return made
