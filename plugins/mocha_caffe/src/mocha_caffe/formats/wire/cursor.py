"""The wire format's elements: a key (field number and wire type), then a value."""

from __future__ import annotations

from typing import NamedTuple

from ..schema.declarations import FIXED32, FIXED64, LENGTH, VARINT
from ..source import WireSource

START_GROUP, END_GROUP = 3, 4
HIGHEST_NUMBER = 2**29 - 1
LONGEST_VARINT = 10
MASK = 2**64 - 1


class Element(NamedTuple):
    """One field of a message: where its key and its value are."""

    number: int
    wire_type: int
    key: int
    start: int
    stop: int
    varint: int
    """The value, if the wire type says so."""


def read_varint(source: WireSource, at: int, stop: int) -> tuple[int, int]:
    """A number of 7 bits a byte, lowest first, as an unsigned 64-bit one; and where it ends."""
    view, value = source.view, 0
    for index in range(min(LONGEST_VARINT, stop - at)):
        byte = view[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & MASK, at + index + 1
    if stop - at < LONGEST_VARINT:
        raise source.fail(at, "a number goes on past the end; the file is truncated or corrupt")
    raise source.fail(at, "a number of more than 10 bytes; the file is corrupt, or no Caffe file")


def read_element(source: WireSource, at: int, stop: int) -> Element:
    """The element that begins at `at`, of a message that ends at `stop`."""
    key, start = read_varint(source, at, stop)
    number, wire_type = key >> 3, key & 7
    if not 0 < number <= HIGHEST_NUMBER:
        raise source.fail(at, f"a field of number {number}; the file is corrupt, or no Caffe file")
    if wire_type == VARINT:
        value, end = read_varint(source, start, stop)
        return Element(number, wire_type, at, start, end, value)
    if wire_type == LENGTH:
        size, start = read_varint(source, start, stop)
        return Element(number, wire_type, at, start, _end(source, at, number, start, size, stop), 0)
    if wire_type in (FIXED32, FIXED64):
        size = 4 if wire_type == FIXED32 else 8
        return Element(number, wire_type, at, start, _end(source, at, number, start, size, stop), 0)
    if wire_type == START_GROUP:
        return Element(number, wire_type, at, start, _group_end(source, at, start, stop), 0)
    raise source.fail(at, f"field {number} has wire type {wire_type}; the file is corrupt, or no Caffe file")


def _end(source: WireSource, at: int, number: int, start: int, size: int, stop: int) -> int:
    if size <= stop - start:
        return start + size
    whole = "the file is truncated; get it again" if stop == len(source.view) else "the file is corrupt"
    raise source.fail(at, f"field {number} says it has {size} bytes, but only {stop - start} follow: {whole}")


def _group_end(source: WireSource, at: int, start: int, stop: int) -> int:
    """Where a group ends; groups in it are counted, not entered."""
    depth = 1
    while start < stop:
        key, after = read_varint(source, start, stop)
        source.charge(1, start)
        if key & 7 in (START_GROUP, END_GROUP):
            depth += 1 if key & 7 == START_GROUP else -1
            start = after
            if depth == 0:
                return start
        else:
            start = read_element(source, start, stop).stop
    raise source.fail(at, "a group without an end; the file is truncated or corrupt")
