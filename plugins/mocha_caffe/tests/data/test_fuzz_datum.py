"""Damaged records: an image or one error with its place. `MOCHA_FUZZ=1000000` tries a million."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as options

from mocha_caffe.data.datum import read_datum, write_datum, write_encoded
from mocha_core import MochaError

from ..formats.strategies import CASES, HOSTILE_BYTES, TURNS, damaged, fuzzing
from .databases import file_of, planes

RGB = np.moveaxis(planes(1, 3, 20, 30)[0], 0, -1)
RAW = [write_datum(planes(1)[0], 3), write_datum(np.ones((1, 2, 3), np.float32), -3)]
KINDS = ("PNG", "JPEG", "BMP", "PPM", "TIFF", "WEBP")
FILES = [file_of(RGB, kind) for kind in KINDS] + [file_of(RGB[..., 0], "PNG")]


@pytest.mark.parametrize("turn", TURNS)
@fuzzing
@given(raw=damaged(RAW, HOSTILE_BYTES))
def test_fuzz_records(turn: int, raw: bytes):
    del turn
    _reads_or_refuses(raw)


@pytest.mark.parametrize("turn", TURNS)
@options(fuzzing, max_examples=max(500, CASES // len(TURNS) // 10))
@given(file=damaged(FILES, HOSTILE_BYTES))
def test_fuzz_image_files(turn: int, file: bytes):
    del turn
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _reads_or_refuses(write_encoded(file, 1))


def _reads_or_refuses(raw: bytes) -> None:
    said, size = "", 0
    try:
        size = read_datum(raw, "here").pixels.size
    except MochaError as error:
        said = str(error)
    assert size > 0 or said.startswith("here")
