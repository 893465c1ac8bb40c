"""The losses against Caffe's zoo_loss: values, and the gradients of what they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend

from . import wire
from .dumps import Arrays, Host, assert_agrees
from .loss_layers import ELSEWHERE, IN_A_FILE, LOSSES, PROB, infogain
from .zoo import Results, caffe_zoo, check_complete, run

NAMES = (*(loss.name for loss in LOSSES), IN_A_FILE)


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_loss")


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays, shared: Path) -> dict[str, Results]:
    """Each loss in a net of its own, and the softmax that another loss reads."""
    matrix = wire.blob((shared / "oracles" / "caffe" / "zoo_loss" / "infogain.binaryproto").read_bytes())
    losses = (*LOSSES, infogain(matrix))
    nets = {loss.name: run(backend, caffe, [loss.layer], loss.sources, loss.constants) for loss in losses}
    return nets | {"prob": run(backend, caffe, [PROB], ["q"])}


def summed(blob: str, ours: dict[str, Results], caffe: Arrays) -> Host:
    """The gradients of our losses by a blob, each times the gradient that Caffe put into it."""
    put_in = {name: float(caffe[f"blob_diff/{name}"]) for name in NAMES if blob in ours[name].diffs}
    return sum(times * ours[name].diffs[blob] for name, times in put_in.items())


@pytest.mark.parametrize("name", NAMES)
def test_values(name: str, ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({name: (ours[name].losses[name], caffe[f"blobs/{name}"])})


def test_softmax(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"prob": (ours["prob"].blobs["prob"], caffe["blobs/prob"])})


@pytest.mark.parametrize("blob", ["p", "prob", "m", "e1", "e2"])
def test_gradients_summed_over_all_losses(blob: str, ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({blob: (summed(blob, ours, caffe), caffe[f"blob_diff/{blob}"])})


def test_gradient_of_what_losses_and_the_softmax_read(ours: dict[str, Results], caffe: Arrays) -> None:
    assert_agrees({"q": (summed("q", ours, caffe) + ours["prob"].diffs["q"], caffe["blob_diff/q"])})


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    check_complete(caffe, [PROB], {**ELSEWHERE, " ".join(NAMES): "ours, but a loss has no top in Mocha"})
