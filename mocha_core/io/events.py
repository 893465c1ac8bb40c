"""TensorBoard's `Event` messages, encoded by hand: the protocol-buffer fields that scalars need.

Event: wall_time = 1 (double), step = 2, file_version = 3, summary = 5, session_log = 7. Summary: value = 1 (repeated).
Value: tag = 1, simple_value = 2 (float). SessionLog: status = 1.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

VARINT, DOUBLE, BYTES, FLOAT = 0, 1, 2, 5
"""Wire types."""

START = 1
"""Of a SessionLog: what came before with this step or later is void."""

SKIP = {DOUBLE: 8, FLOAT: 4}


def version_event(wall_time: float) -> bytes:
    """The first event of a file."""
    return _wall_time(wall_time) + _bytes(3, b"brain.Event:2")


def start_event(wall_time: float, step: int) -> bytes:
    """Tells a running TensorBoard to forget what it has from this step on."""
    return _wall_time(wall_time) + _varint_field(2, step) + _bytes(7, _varint_field(1, START))


def scalars_event(wall_time: float, step: int, values: Mapping[str, float]) -> bytes:
    """Numbers by name; as floats of 32 bits."""
    summary = b"".join(_bytes(1, _bytes(1, tag.encode()) + _float(2, value)) for tag, value in values.items())
    return _wall_time(wall_time) + _varint_field(2, step) + _bytes(5, summary)


def step_of(event: bytes) -> tuple[int, bool]:
    """The step of an encoded event (0 if left out, as protocol buffers do with zeros), and whether it has scalars."""
    at, step, has_scalars = 0, 0, False
    while at < len(event):
        key, at = _varint_at(event, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint_at(event, at)
            step = value if number == 2 else step
        elif wire == BYTES:
            length, at = _varint_at(event, at)
            at += length
            has_scalars = has_scalars or number == 5
        else:
            at += SKIP[wire]
    return step, has_scalars


def varint(value: int) -> bytes:
    """Seven bits a byte, low ones first.

    >>> varint(300)
    b'\\xac\\x02'
    """
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _varint_at(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] > 127:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1


def _wall_time(seconds: float) -> bytes:
    return varint(1 << 3 | DOUBLE) + struct.pack("<d", seconds)


def _varint_field(number: int, value: int) -> bytes:
    return varint(number << 3 | VARINT) + varint(value)


def _bytes(number: int, data: bytes) -> bytes:
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def _float(number: int, value: float) -> bytes:
    try:
        packed = struct.pack("<f", value)
    except OverflowError:
        packed = struct.pack("<f", math.copysign(math.inf, value))
    return varint(number << 3 | FLOAT) + packed
