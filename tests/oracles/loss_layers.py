"""Caffe's losses from ours.

Caffe divides the sum over the locations by a normaliser: VALID, the locations whose label is not ignored; FULL, all of
them; BATCH_SIZE, the samples; NONE, 1. Our softmax loss divides by all locations M, so its weight is M over Caffe's
normaliser; a label that Caffe ignores is a class of weight 0. Our binary cross-entropy divides by the samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mocha_core import (
    BinaryCrossEntropyLossLayer,
    HingeLossLayer,
    Layer,
    MultinomialLogisticLossLayer,
    SoftmaxLayer,
    SoftmaxLossLayer,
    SquareLossLayer,
)

from .dumps import Arrays, Host

ELSEWHERE = {
    "hinge_l2": "HingeLoss with the L2 norm",
    "infogain infogain3": "no InfogainLoss",
    "sce_valid sce_ignore": "SigmoidCrossEntropyLoss with labels to ignore",
    "contrast contrast_legacy": "no ContrastiveLoss",
    "p q m e1 e2": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make, and why."""


@dataclass(frozen=True)
class Loss:
    """One of Caffe's SoftmaxWithLoss layers."""

    name: str
    normalization: str = "VALID"
    ignore: int | None = None
    axis: int = 1
    prediction: str = "p"
    label: str = "plab_in"

    def weight(self, caffe: Arrays) -> float:
        """M over Caffe's normaliser."""
        label = caffe[f"blobs/{self.label}"]
        valid = label.size if self.ignore is None else int((label != self.ignore).sum())
        return (
            label.size / {"VALID": valid, "FULL": label.size, "BATCH_SIZE": len(label), "NONE": 1}[self.normalization]
        )

    def ours(self, caffe: Arrays) -> Layer:
        """Our layer; by a weight of its own it could not take the gradient that Caffe put in, which may be negative."""
        classes = np.ones(caffe[f"blobs/{self.prediction}"].shape[self.axis])
        if self.ignore is not None:
            classes[self.ignore] = 0
        return SoftmaxLossLayer(
            name=self.name,
            bottoms=[self.prediction, self.label],
            axis=self.axis,
            weights=() if self.ignore is None else classes.tolist(),
            normalize="no",
            weight=self.weight(caffe),
        )


LOSSES = (
    Loss("sm_default"),
    Loss("sm_full", "FULL", ignore=2),
    Loss("sm_valid", "VALID", ignore=2),
    Loss("sm_batch", "BATCH_SIZE"),
    Loss("sm_none", "NONE"),
    Loss("sm_normfalse", "BATCH_SIZE"),
    Loss("sm_normtrue", "VALID", ignore=0),
    Loss("sm_axis2", axis=2, label="plab2_in"),
    Loss("sm_weight", prediction="q", label="qlab_in"),
)

PROB = SoftmaxLayer(name="prob", bottoms=["q"], tops=["prob"])
"""Read by Caffe's MultinomialLogisticLoss, whose gradient is in the dump."""


@dataclass(frozen=True)
class PlainLoss:
    """One of Caffe's other losses: our layer, and the blobs with and without gradient that it reads."""

    layer: Layer
    sources: tuple[str, ...]
    constants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.layer.name


def cross_entropy(name: str, weight: float) -> PlainLoss:
    layer = BinaryCrossEntropyLossLayer(name=name, bottoms=["m", "mtgt_in"], from_logits=True, weight=weight)
    return PlainLoss(layer, ("m",), ("mtgt_in",))


PLAIN_LOSSES = (
    PlainLoss(SquareLossLayer(name="euclid", bottoms=["e1", "e2"]), ("e1", "e2")),
    PlainLoss(HingeLossLayer(name="hinge_l1", bottoms=["q", "qsign_in"]), ("q",), ("qsign_in",)),
    PlainLoss(MultinomialLogisticLossLayer(name="mll", bottoms=["prob", "qlab_in"]), ("prob",), ("qlab_in",)),
    cross_entropy("sce", 1.0),
    cross_entropy("sce_full", 1 / 3),
    cross_entropy("sce_none", 4.0),
)
"""`m` holds 4 samples of 3 numbers."""


def signs(caffe: Arrays) -> Host:
    """What our hinge loss reads where Caffe's reads the class: 1 for that class, -1 for the others."""
    label, classes = caffe["blobs/qlab_in"].astype(int), caffe["blobs/q"].shape[1]
    return np.where(np.arange(classes) == label[:, None], 1.0, -1.0)
