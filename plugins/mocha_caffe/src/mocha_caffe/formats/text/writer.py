"""Messages into prototxt, laid out as Caffe prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..message import Message
from ..precision import short_float32, short_float64
from ..schema import Field
from ..unknown import Unknown
from .strings import quoted


def write_text(message: Message, *, longest_array: int | None = None) -> str:
    """The prototxt of a message, fields in the order of their numbers; reading it gives an equal message.

    Arrays with more than `longest_array` numbers become a comment. So do unknown fields of binary files, which have no
    name.
    """
    return "".join(f"{line}\n" for line in _lines(message, "", longest_array))


def _lines(message: Message, indent: str, longest: int | None) -> Iterator[str]:
    for name, value in message:
        field = message.message_type.fields[name]
        if field.is_array and longest is not None and len(value) > longest:
            yield f"{indent}# {name}: {len(value)} of {field.kind}"
        elif field.kind == "message":
            for nested in value if field.repeated else [value]:
                yield f"{indent}{name} {{"
                yield from _lines(nested, indent + "  ", longest)
                yield indent + "}"
        else:
            for each in _each(field, value):
                yield f"{indent}{name}: {_printed(field, each)}"
    for unknown in message.unknown:
        yield indent + _unknown(unknown)


def _each(field: Field, value: Any) -> Iterable[Any]:
    if field.kind == "bytes":
        return [value.tobytes()]
    return value if field.repeated else [value]


def _printed(field: Field, value: Any) -> str:
    if field.kind in ("string", "bytes"):
        return quoted(value)
    if field.kind == "float":
        return short_float32(float(value))
    if field.kind == "double":
        return short_float64(float(value))
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def _unknown(unknown: Unknown) -> str:
    if unknown.text.startswith(("{", "<")):
        return f"{unknown.name} {unknown.text}"
    return f"{unknown.name}: {unknown.text}" if unknown.text else f"# field {unknown.name}: {len(unknown.value)} bytes"
