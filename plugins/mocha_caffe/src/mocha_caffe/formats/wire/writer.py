"""Messages into bytes."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from mocha_core.errors import OptionError
from mocha_core.io.atomic import replacing

from ..convert import ARRAY_TYPES
from ..message import Message
from ..precision import as_float32
from ..schema import Field
from ..schema.declarations import LENGTH, WIRE_TYPES
from ..unknown import Unknown

Chunk: TypeAlias = bytes | memoryview


def write_wire(message: Message) -> bytes:
    """The message in Caffe's binary format, fields in the order of their numbers.

    >>> write_wire(Message("BlobShape", dim=[2, 3])).hex()
    '0a020203'
    """
    return b"".join(_chunks(message))


def save_wire(message: Message, path: str | os.PathLike[str]) -> None:
    """Write a binary file, whole or not at all; arrays are not copied in memory."""
    chunks = _chunks(message)
    with replacing(path) as unfinished, open(unfinished, "wb") as file:
        for chunk in chunks:
            file.write(chunk)


def _chunks(message: Message) -> list[Chunk]:
    chunks: list[Chunk] = []
    for name, value in message:
        chunks.extend(_field(message.message_type.fields[name], value))
    chunks.extend(_raw(unknown) for unknown in message.unknown)
    return chunks


def _field(field: Field, value: Any) -> Iterator[Chunk]:
    if field.number == 0:
        raise OptionError(f"{field.name} can be written as prototxt only: its number means something else in Caffe")
    if field.kind == "message":
        for nested in value if field.repeated else [value]:
            yield from _delimited(field, _chunks(nested))
    elif field.is_array:
        yield from _delimited(field, [np.ascontiguousarray(value, ARRAY_TYPES[field.kind]).view("u1").data])
    elif field.label == "packed":
        yield from _delimited(field, [_scalar(field, each) for each in value])
    else:
        for each in value if field.repeated else [value]:
            yield _single(field, each)


def _single(field: Field, value: Any) -> bytes:
    if field.kind == "string":
        return b"".join(_delimited(field, [value.encode("utf-8", "surrogateescape")]))
    return _key(field.number, WIRE_TYPES[field.kind]) + _scalar(field, value)


def _delimited(field: Field, chunks: Iterable[Chunk]) -> list[Chunk]:
    parts = list(chunks)
    size = sum(len(part) for part in parts)
    return [_key(field.number, LENGTH) + _varint(size), *parts]


def _scalar(field: Field, value: Any) -> bytes:
    if field.kind == "float":
        return struct.pack("<f", as_float32(value))
    if field.kind == "double":
        return struct.pack("<d", value)
    return _varint(_enum_number(field, value) if field.enum else int(value))


def _enum_number(field: Field, value: str | int) -> int:
    number = field.enum.numbers.get(value) if field.enum and isinstance(value, str) else value
    if not isinstance(number, int):
        raise OptionError(f"{field.name}: {value} has no number in Caffe; it can be written as prototxt only")
    return number


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    value &= 2**64 - 1
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _raw(unknown: Unknown) -> Chunk:
    if unknown.text:
        raise OptionError(f"{unknown} is unknown and has no number; it can be written as prototxt only")
    raw: Chunk = unknown.value
    return raw
