"""Single values of the wire format, and lists of them, packed or not."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..convert import ARRAY_TYPES
from ..schema import Field
from ..schema.declarations import FIXED32, FIXED64, VARINT
from ..source import WireSource
from ..text.strings import as_text
from .cursor import Element, read_varint

Array = NDArray[Any]
FIRST_LOOK = 64


def scalar(field: Field, source: WireSource, element: Element) -> Any:
    """The value of an element that is no message."""
    if element.wire_type == VARINT:
        return _from_varint(field, element.varint)
    raw = source.view[element.start : element.stop]
    if element.wire_type == FIXED32:
        return struct.unpack("<f", raw)[0]
    if element.wire_type == FIXED64:
        return struct.unpack("<d", raw)[0]
    return as_text(bytes(raw))


def packed(field: Field, source: WireSource, element: Element) -> Iterator[Any]:
    """The values of a packed list."""
    if field.kind in ARRAY_TYPES:
        values = block(field, source, element)
        source.charge(len(values), element.key)
        yield from values.tolist()
        return
    at = element.start
    while at < element.stop:
        source.charge(1, at)
        value, at = read_varint(source, at, element.stop)
        yield _from_varint(field, value)


def block(field: Field, source: WireSource, element: Element) -> Array:
    """Packed floats, or bytes, as an array that shares the file's memory."""
    dtype = ARRAY_TYPES[field.kind]
    size = element.stop - element.start
    if size % dtype.itemsize:
        raise source.fail(element.key, f"{field.name} has {size} bytes, which is no whole number of {field.kind}s")
    return np.ndarray(size // dtype.itemsize, dtype, source.view, element.start)


def run(field: Field, source: WireSource, element: Element, stop: int) -> tuple[Array, int]:
    """Floats that each have their own key, one behind the other, as one array; and where they end."""
    dtype = ARRAY_TYPES[field.kind]
    width = element.start - element.key
    stride = width + dtype.itemsize
    count = _run_length(source.view, element.key, width, stride, (stop - element.key) // stride)
    return np.ndarray(count, dtype, source.view, element.start, (stride,)), element.key + count * stride


def _run_length(view: memoryview, at: int, width: int, stride: int, most: int) -> int:
    """How many elements in a row begin with the key at `at`; looks at twice as many each time."""
    key = np.ndarray(width, "u1", view, at)
    known, look = 0, FIRST_LOOK
    while known < most:
        some = min(look, most - known)
        keys = np.ndarray((some, width), "u1", view, at + known * stride, (stride, 1))
        same = (keys == key).all(axis=1)
        if not same.all():
            return known + int(same.argmin())
        known, look = known + some, look * 2
    return known


def _from_varint(field: Field, value: int) -> Any:
    if field.kind == "bool":
        return value != 0
    if field.kind == "uint64":
        return value
    if field.kind == "uint32":
        return value & 0xFFFFFFFF
    bits = 64 if field.kind == "int64" else 32
    value &= (1 << bits) - 1
    signed = value - (1 << bits) if value >> (bits - 1) else value
    return field.enum.names.get(signed, signed) if field.enum else signed
