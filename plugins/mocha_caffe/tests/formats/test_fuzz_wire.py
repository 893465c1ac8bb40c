"""Damaged binary files: a message or one error, nothing else. `MOCHA_FUZZ=1000000` tries a million."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given

from mocha_caffe.formats import (
    Message,
    blob_array,
    blob_gradient,
    parse_text,
    parse_wire,
    read_all,
    upgrade_net,
    write_wire,
)
from mocha_caffe.formats.errors import CaffeFileError
from mocha_caffe.formats.sniff import sniff_bytes

from .samples import V0_TEXT, V1_TEXT, old_weights, weights
from .strategies import HOSTILE_BYTES, TURNS, damaged, fuzzing

SEEDS = [
    write_wire(net) for net in (weights(), weights("pool"), old_weights(), parse_text(V0_TEXT), parse_text(V1_TEXT))
]


@pytest.mark.parametrize("turn", TURNS)
@fuzzing
@given(data=damaged(SEEDS, HOSTILE_BYTES))
def test_damaged_nets(turn: int, data: bytes):
    del turn
    sniff_bytes(data)
    try:
        net = read_all(parse_wire(data))
    except CaffeFileError:
        return
    assert parse_wire(write_wire(net)) == net
    repr(net)
    with contextlib.suppress(CaffeFileError):
        for layer in upgrade_net(net).net.layer:
            _read_blobs(layer)


def _read_blobs(layer: Message) -> None:
    for blob in layer.blobs:
        with contextlib.suppress(CaffeFileError):
            blob_array(blob).tobytes()  # reads every number, and no arithmetic that warns of infinities
            blob_gradient(blob)
