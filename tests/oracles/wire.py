"""Just enough of the protobuf wire format to read the weights of a current .caffemodel or a BlobProto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .dumps import Arrays, Host

NET_LAYER, LAYER_NAME, LAYER_BLOBS = 100, 1, 7
BLOB_DATA, BLOB_SHAPE, SHAPE_DIM, BLOB_OLD_DIMS = 5, 7, 1, (1, 2, 3, 4)


def weights(path: Path) -> Arrays:
    """`<layer>/<i>` -> values, for every layer that has some."""
    found: Arrays = {}
    for layer in (dict_of(body) for field, body in fields(path.read_bytes()) if field == NET_LAYER):
        for k, body in enumerate(layer.get(LAYER_BLOBS, [])):
            found[f"{layer[LAYER_NAME][0].decode()}/{k}"] = blob(body)
    return found


def blob(body: bytes) -> Host:
    """The float32 values of a BlobProto as float64, in its shape (or its four old sizes, or none: a scalar)."""
    message = dict_of(body)
    data = np.frombuffer(b"".join(message[BLOB_DATA]), "<f4").astype(np.float64)
    if BLOB_SHAPE in message:
        dims = packed(b"".join(dict_of(message[BLOB_SHAPE][0]).get(SHAPE_DIM, [])))
    else:
        dims = [message[k][0] for k in BLOB_OLD_DIMS if k in message]
    return data.reshape(dims)


def dict_of(body: bytes) -> dict[int, list[Any]]:
    """Field number -> its values, in order."""
    found: dict[int, list[Any]] = {}
    for field, value in fields(body):
        found.setdefault(field, []).append(value)
    return found


def fields(body: bytes) -> Iterator[tuple[int, Any]]:
    """(field number, integer or bytes) for each field of a message."""
    place = 0
    while place < len(body):
        tag, place = varint(body, place)
        kind = tag & 7
        if kind == 0:
            value, place = varint(body, place)
            yield tag >> 3, value
        else:
            size, place = varint(body, place) if kind == 2 else ({1: 8, 5: 4}[kind], place)
            yield tag >> 3, body[place : place + size]
            place += size


def varint(body: bytes, place: int) -> tuple[int, int]:
    """The integer at `place`, and where it ends."""
    value = shift = 0
    while True:
        byte = body[place]
        value, shift, place = value | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128:
            return value, place


def packed(body: bytes) -> list[int]:
    """The integers of a packed field."""
    found, place = [], 0
    while place < len(body):
        value, place = varint(body, place)
        found.append(value)
    return found
