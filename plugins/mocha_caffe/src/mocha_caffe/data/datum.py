"""Datum, a record of Caffe's databases: an image as planes of bytes, as floats, or as an image file; and a label."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError

from ..formats import Message, parse_wire, write_wire
from .decoding import decode
from .picture import Picture

SIDES = ("channels", "height", "width")


def read_datum(record: bytes | memoryview, place: str, how: str = "native") -> Picture:
    """The image in a record. place: how errors begin; they are `MochaError`s.   how: encoded images become this.

    >>> read_datum(write_datum(np.zeros((3, 5, 4), np.uint8), 7), "record 0").label
    7
    """
    datum = parse_wire(record, "Datum", name=place)
    pixels = decode(datum.data, how, place) if datum.encoded else _planes(datum, place)
    return Picture(pixels, int(datum.label), place)


def write_datum(pixels: HostArray, label: int) -> bytes:
    """A record of an image (channels, height, width): as bytes if it is made of them, else as floats."""
    datum = Message("Datum", **dict(zip(SIDES, pixels.shape, strict=True)), label=label, encoded=False)
    if pixels.dtype == np.uint8:
        datum.data = np.ascontiguousarray(pixels).reshape(-1)
    else:
        datum.float_data = np.ascontiguousarray(pixels, np.float32).reshape(-1)
    return write_wire(datum)


def write_encoded(file: bytes, label: int) -> bytes:
    """A record of an image file."""
    return write_wire(Message("Datum", data=np.frombuffer(file, np.uint8), label=label, encoded=True))


def _planes(datum: Message, place: str) -> HostArray:
    shape = tuple(int(getattr(datum, side)) for side in SIDES)
    values: HostArray = datum.data if len(datum.data) else datum.float_data
    if min(shape) < 1 or math.prod(shape) != len(values):
        said = " x ".join(map(str, shape))
        raise DataError(
            f"{place} is damaged: it says it is {said} (channels, height, width), and holds {len(values)} numbers"
        )
    return values.reshape(shape)
