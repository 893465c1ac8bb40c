"""Caffe's losses as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mocha_core import (
    BinaryCrossEntropyLossLayer,
    ContrastiveLossLayer,
    HingeLossLayer,
    InfogainLossLayer,
    Layer,
    MultinomialLogisticLossLayer,
    SoftmaxLayer,
    SoftmaxLossLayer,
    SquareLossLayer,
)

from .dumps import Host

ELSEWHERE = {"p q m e1 e2": "the sources, made of their inputs"}
"""Blobs of the dump that Mocha's layers do not make, and why."""

PROB = SoftmaxLayer(name="prob", bottoms=["q"], tops=["prob"])
"""Read by Caffe's MultinomialLogisticLoss, whose gradient is in the dump."""


@dataclass(frozen=True)
class Loss:
    """Our layer, and the blobs with and without gradient that it reads."""

    layer: Layer
    sources: tuple[str, ...]
    constants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.layer.name


def softmax_loss(name: str, normalization: str = "valid", label: str = "plab_in", **options: Any) -> Loss:
    layer = SoftmaxLossLayer(name=name, bottoms=["p", label], normalization=normalization, **options)
    return Loss(layer, ("p",), (label,))


def of_q(layer: type[Layer], name: str, *others: str, **options: Any) -> Loss:
    constants = ("qlab_in", *others)
    return Loss(layer(name=name, bottoms=["q", *constants], **options), ("q",), constants)


def cross_entropy(name: str, **options: Any) -> Loss:
    layer = BinaryCrossEntropyLossLayer(name=name, bottoms=["m", "mtgt_in"], from_logits=True, **options)
    return Loss(layer, ("m",), ("mtgt_in",))


def siamese(name: str, **options: Any) -> Loss:
    layer = ContrastiveLossLayer(name=name, bottoms=["e1", "e2", "sim_in"], **options)
    return Loss(layer, ("e1", "e2"), ("sim_in",))


LOSSES = (
    softmax_loss("sm_default"),
    softmax_loss("sm_full", "full", ignore_label=2),
    softmax_loss("sm_valid", ignore_label=2),
    softmax_loss("sm_batch", "batch"),
    softmax_loss("sm_none", "none"),
    softmax_loss("sm_normfalse", "batch"),
    softmax_loss("sm_normtrue", ignore_label=0),
    softmax_loss("sm_axis2", axis=2, label="plab2_in"),
    of_q(SoftmaxLossLayer, "sm_weight"),
    of_q(HingeLossLayer, "hinge_l1", one_vs_rest=True),
    of_q(HingeLossLayer, "hinge_l2", one_vs_rest=True, norm="L2"),
    of_q(InfogainLossLayer, "infogain3", "H_in"),
    Loss(MultinomialLogisticLossLayer(name="mll", bottoms=["prob", "qlab_in"]), ("prob",), ("qlab_in",)),
    cross_entropy("sce"),
    cross_entropy("sce_valid", normalization="valid", ignore_label=1),
    cross_entropy("sce_full", normalization="full"),
    cross_entropy("sce_none", normalization="none"),
    cross_entropy("sce_ignore", ignore_label=0),
    Loss(SquareLossLayer(name="euclid", bottoms=["e1", "e2"]), ("e1", "e2")),
    siamese("contrast", margin=2.5),
    siamese("contrast_legacy", margin=3, legacy=True),
)
"""All but one, whose matrix is in a file."""

IN_A_FILE = "infogain"


def infogain(matrix: Host) -> Loss:
    """The loss whose matrix Caffe read from a file."""
    return of_q(InfogainLossLayer, IN_A_FILE, matrix=matrix.reshape(5, 5))
