"""Caffe's softmax losses from ours.

Caffe divides the sum over the locations by a normaliser: VALID, the locations whose label is not ignored; FULL, all of
them; BATCH_SIZE, the samples; NONE, 1. Ours divides by all locations M, so its weight is M over Caffe's normaliser. A
label that Caffe ignores is a class of weight 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mocha_core import Layer, SoftmaxLayer, SoftmaxLossLayer

from .dumps import Arrays

ELSEWHERE = {
    "hinge_l1 hinge_l2": "no HingeLoss",
    "mll": "no MultinomialLogisticLoss",
    "infogain infogain3": "no InfogainLoss",
    "sce sce_valid sce_full sce_none sce_ignore": "no SigmoidCrossEntropyLoss",
    "euclid contrast contrast_legacy": "no EuclideanLoss, no ContrastiveLoss",
    "p q m e1 e2": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make yet, and why."""


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

    def put_in(self, caffe: Arrays) -> float:
        """The gradient that Caffe put in."""
        return float(caffe[f"blob_diff/{self.name}"])

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
