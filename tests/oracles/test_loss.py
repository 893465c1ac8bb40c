"""The losses against Caffe's zoo_loss; the softmax loss under each of Caffe's normalisations."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend

from . import loss_others, wire
from .dumps import Arrays, Host, assert_agrees
from .loss_layers import ELSEWHERE, LOSSES, PLAIN_LOSSES, PROB, Loss, PlainLoss, signs
from .zoo import Results, caffe_zoo, check_complete, run

EVERY = (*LOSSES, *PLAIN_LOSSES)


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    found = caffe_zoo(shared, "zoo_loss")
    return found | {"blobs/qsign_in": signs(found)}


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays) -> dict[str, Results]:
    """Each loss in a net of its own, and the softmax that another loss reads."""
    nets = {loss.name: run(backend, caffe, [loss.ours(caffe)], [loss.prediction], [loss.label]) for loss in LOSSES}
    plain = {loss.name: run(backend, caffe, [loss.layer], loss.sources, loss.constants) for loss in PLAIN_LOSSES}
    return nets | plain | {"prob": run(backend, caffe, [PROB], ["q"])}


def summed(blob: str, ours: dict[str, Results], caffe: Arrays) -> Host:
    """The gradients of our losses by a blob, each times the gradient that Caffe put into it."""
    put_in = {loss.name: loss_others.put_in(caffe, loss.name) for loss in EVERY if blob in ours[loss.name].diffs}
    return sum(times * ours[name].diffs[blob] for name, times in put_in.items())


@pytest.mark.parametrize("loss", EVERY, ids=lambda loss: loss.name)
def test_values(loss: Loss | PlainLoss, ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({loss.name: (ours[loss.name].losses[loss.name], caffe[f"blobs/{loss.name}"])})


def test_softmax(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"prob": (ours["prob"].blobs["prob"], caffe["blobs/prob"])})


@pytest.mark.parametrize("blob", ["p", "prob"])
def test_gradient_of_a_blob_that_only_our_losses_read(blob: str, ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({blob: (summed(blob, ours, caffe), caffe[f"blob_diff/{blob}"])})


def test_gradient_of_q_less_what_other_losses_add(ours: dict[str, Results], caffe: Arrays, shared: Path) -> None:
    infogain = wire.blob((shared / "oracles" / "caffe" / "zoo_loss" / "infogain.binaryproto").read_bytes())
    others = loss_others.by_q(caffe, infogain.reshape(5, 5))
    q = summed("q", ours, caffe) + ours["prob"].diffs["q"]
    assert_agrees({"q": (q, caffe["blob_diff/q"] - others)})


def test_gradient_of_m_less_what_other_losses_add(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"m": (summed("m", ours, caffe), caffe["blob_diff/m"] - loss_others.by_m(caffe))})


def test_gradient_of_both_bottoms_less_what_other_losses_add(ours: dict[str, Results], caffe: Arrays) -> None:
    others = loss_others.by_e1(caffe)
    pairs = {
        blob: (summed(blob, ours, caffe), caffe[f"blob_diff/{blob}"] - sign * others)
        for blob, sign in (("e1", 1), ("e2", -1))
    }
    assert_agrees(pairs)


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    listed = {**ELSEWHERE, " ".join(loss.name for loss in EVERY): "ours, but a loss has no top in Mocha"}
    check_complete(caffe, [PROB], listed)
