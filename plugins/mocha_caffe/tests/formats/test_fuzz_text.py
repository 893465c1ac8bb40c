"""Damaged prototxts: a message or one error, nothing else. `MOCHA_FUZZ=1000000` tries a million."""

from __future__ import annotations

import pytest
from hypothesis import given

from mocha_caffe.formats import parse_text, upgrade_net, write_text
from mocha_caffe.formats.errors import CaffeFileError
from mocha_caffe.formats.sniff import sniff_bytes

from .samples import V0_TEXT, V1_TEXT, V2_TEXT
from .strategies import HOSTILE_TEXT, TURNS, damaged, fuzzing

SEEDS = [text.encode() for text in (V0_TEXT, V1_TEXT, V2_TEXT)]


@pytest.mark.parametrize("turn", TURNS)
@fuzzing
@given(data=damaged(SEEDS, HOSTILE_TEXT))
def test_damaged_nets(turn: int, data: bytes):
    del turn
    sniff_bytes(data)
    try:
        net = parse_text(data.decode("utf-8", "surrogateescape"))
    except CaffeFileError:
        return
    assert parse_text(write_text(net)) == net
    try:
        upgraded = upgrade_net(net).net
    except CaffeFileError:
        return
    assert parse_text(write_text(upgraded)) == upgraded
