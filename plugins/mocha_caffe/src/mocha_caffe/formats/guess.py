"""Which message a binary file holds, from the fields it begins with: protobuf files do not say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from .errors import WireError
from .schema.declarations import FIXED32, FIXED64, LENGTH, VARINT
from .source import WireSource
from .wire.cursor import read_varint

Signature: TypeAlias = dict[int, set[int]]

NUMBERS, TEXT = {LENGTH, FIXED32}, {LENGTH}
SIGNATURES: dict[str, Signature] = {
    "NET": {
        1: TEXT, 2: TEXT, 3: TEXT, 4: {VARINT, LENGTH}, 5: {VARINT}, 6: TEXT, 7: {VARINT}, 8: TEXT, 100: TEXT
    },
    "SOLVER_STATE": {1: {VARINT}, 2: TEXT, 3: TEXT, 4: {VARINT}},
    "BLOB": {
        1: {VARINT}, 2: {VARINT}, 3: {VARINT}, 4: {VARINT}, 5: NUMBERS, 6: NUMBERS,
        7: TEXT, 8: {LENGTH, FIXED64}, 9: {LENGTH, FIXED64}, 10: {VARINT}, 12: TEXT,
    },
    "DATUM": {1: {VARINT}, 2: {VARINT}, 3: {VARINT}, 4: TEXT, 5: {VARINT}, 6: NUMBERS, 7: {VARINT}},
    "ONNX": {
        1: {VARINT}, 2: TEXT, 3: TEXT, 4: TEXT, 5: {VARINT}, 6: TEXT, 7: TEXT, 8: TEXT, 14: TEXT, 20: TEXT, 25: TEXT
    },
}  # fmt: skip
NEEDED = {"NET": {2, 3, 100}, "SOLVER_STATE": {3}, "BLOB": {5, 7, 8, 12}, "DATUM": {4, 6}, "ONNX": {7}}
"""Fields of which one must be there."""
ORDER = ("ONNX", "SOLVER_STATE", "DATUM", "BLOB", "NET")
MOST_FIELDS = 64
LONGEST_ELEMENT = 20
"""Bytes of a key and a varint; a fault nearer to the end of the head may be its cut."""


def binary_kind(head: bytes, size: int) -> str:
    """The name of the kind: the first whose fields these can be, "OTHER" if there is none."""
    fields = list(_fields(head, size))
    for name in ORDER:
        signature = SIGNATURES[name]
        known = [number for number, wire_type in fields if wire_type in signature.get(number, ())]
        if fields and len(known) * 2 > len(fields) and set(known) & NEEDED[name] and _plausible(name, fields):
            return name
    return "OTHER"


def _plausible(name: str, fields: list[tuple[int, int]]) -> bool:
    """Fields of forks may come on top in a net; the small messages have none but their own.

    An ONNX model has a version, field 1; a blob of doubles in a current shape looks like one without.
    """
    signature = SIGNATURES[name]
    if name == "ONNX" and (1, VARINT) not in fields:
        return False
    return name == "NET" or all(wire_type in signature.get(number, ()) for number, wire_type in fields)


def _fields(head: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Number and wire type of the fields that begin in the head; a field of number 0 where they make no sense."""
    source = WireSource("", memoryview(head), MOST_FIELDS)
    at = 0
    for _ in range(MOST_FIELDS):
        if at >= len(head):
            break
        try:
            key, value = read_varint(source, at, len(head))
            after = _after(source, value, key & 7, len(head))
        except WireError:
            if at < len(head) - LONGEST_ELEMENT:
                yield 0, 7
            return
        yield key >> 3, key & 7
        at = after
    if at > size:
        yield 0, 7


def _after(source: WireSource, at: int, wire_type: int, stop: int) -> int:
    """Where the value ends, which may lie beyond the head."""
    if wire_type == VARINT:
        return read_varint(source, at, stop)[1]
    if wire_type == LENGTH:
        length, at = read_varint(source, at, stop)
        return at + length
    if wire_type in (FIXED32, FIXED64):
        return at + (4 if wire_type == FIXED32 else 8)
    raise source.fail(at, "no wire type of Caffe's")
