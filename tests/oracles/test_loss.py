"""The softmax loss against Caffe's zoo_loss, under each of Caffe's normalisations."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend

from . import wire
from .dumps import Arrays, Host, assert_agrees
from .loss_layers import ELSEWHERE, LOSSES, PROB, Loss
from .loss_others import gradient_by_q
from .zoo import Results, caffe_zoo, check_complete, run


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_loss")


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays) -> dict[str, Results]:
    """Each loss in a net of its own, and the softmax that another loss reads."""
    nets = {loss.name: run(backend, caffe, [loss.ours(caffe)], [loss.prediction], [loss.label]) for loss in LOSSES}
    return nets | {"prob": run(backend, caffe, [PROB], ["q"])}


def summed(blob: str, ours: dict[str, Results], caffe: Arrays) -> Host:
    """The gradients of our losses by a blob, each times the gradient that Caffe put into it."""
    return sum(loss.put_in(caffe) * ours[loss.name].diffs[blob] for loss in LOSSES if loss.prediction == blob)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_values(loss: Loss, ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({loss.name: (ours[loss.name].losses[loss.name], caffe[f"blobs/{loss.name}"])})


def test_softmax(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"prob": (ours["prob"].blobs["prob"], caffe["blobs/prob"])})


def test_gradient_of_p_that_only_our_losses_read(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"p": (summed("p", ours, caffe), caffe["blob_diff/p"])})


def test_gradient_of_q_less_what_other_losses_add(ours: dict[str, Results], caffe: Arrays, shared: Path) -> None:
    infogain = wire.blob((shared / "oracles" / "caffe" / "zoo_loss" / "infogain.binaryproto").read_bytes())
    others = gradient_by_q(caffe, infogain.reshape(5, 5))
    q = summed("q", ours, caffe) + ours["prob"].diffs["q"]
    assert_agrees({"q": (q, caffe["blob_diff/q"] - others)})


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    listed = {**ELSEWHERE, " ".join(loss.name for loss in LOSSES): "ours, but a loss has no top in Mocha"}
    check_complete(caffe, [PROB], listed)
