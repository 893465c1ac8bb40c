"""What may be put into a field, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mocha_core.errors import OptionError

from .precision import as_float32
from .schema import Field
from .schema.declarations import FLOATS, INTEGERS

ARRAY_TYPES: dict[str, np.dtype[Any]] = {"float": np.dtype("<f4"), "double": np.dtype("<f8"), "bytes": np.dtype("u1")}
MOST_NAMES = 8
RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}


def kept(field: Field, value: Any) -> Any:
    """`value` as the field keeps it: one value, a list, or an array."""
    if field.is_array:
        return _array(field, value)
    if field.repeated:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise OptionError(f"{field.name} takes a list, not {value!r}")
        return [one(field, each) for each in value]
    return one(field, value)


def one(field: Field, value: Any) -> Any:
    """One value as the field keeps it; floats are rounded to single precision as in Caffe."""
    fits, convert = KINDS[field.kind]
    if not fits(field, value):
        raise OptionError(f"{field.name} takes {wanted(field)}, not {value!r}")
    return convert(field, value)


def wanted(field: Field) -> str:
    """What a field takes, for people."""
    if field.enum is not None:
        names = list(field.enum.numbers)
        return "one of " + ", ".join(names if len(names) <= MOST_NAMES else [*names[:MOST_NAMES], "..."])
    if field.kind in RANGES:
        low, high = RANGES[field.kind]
        return f"a whole number from {low} to {high}"
    words = {"bool": "true or false", "string": "a string", "message": f"a {field.type_name}"}
    return words.get(field.kind, "a number")


def in_range(kind: str, value: int) -> bool:
    """Whether an integer type holds the value."""
    low, high = RANGES[kind]
    return low <= value <= high


def _array(field: Field, value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, bytes | bytearray | memoryview):
        value = np.frombuffer(value, "u1")
        if field.kind != "bytes":
            raise OptionError(f"{field.name} takes numbers, not bytes")
    return np.asarray(value, ARRAY_TYPES[field.kind]).reshape(-1)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _fits_integer(field: Field, value: Any) -> bool:
    return _is_integer(value) and in_range(field.kind, int(value))


def _fits_float(field: Field, value: Any) -> bool:
    return isinstance(value, float | np.floating) or _is_integer(value)


def _fits_enum(field: Field, value: Any) -> bool:
    return isinstance(value, str) or (_is_integer(value) and in_range("int32", int(value)))


def _enum_value(field: Field, value: Any) -> str | int:
    """The name; the number itself where the enum has no name for it."""
    if isinstance(value, str) or field.enum is None:
        return str(value)
    return field.enum.names.get(int(value), int(value))


def _fits_message(field: Field, value: Any) -> bool:
    return getattr(getattr(value, "message_type", None), "name", None) == field.type_name


KINDS: dict[str, tuple[Any, Any]] = {
    **{kind: (_fits_integer, lambda _, value: int(value)) for kind in INTEGERS},
    **{kind: (_fits_float, lambda _, value: float(value)) for kind in FLOATS},
    "float": (_fits_float, lambda _, value: as_float32(float(value))),
    "bool": (lambda _, value: isinstance(value, bool | np.bool_), lambda _, value: bool(value)),
    "string": (lambda _, value: isinstance(value, str), lambda _, value: value),
    "enum": (_fits_enum, _enum_value),
    "message": (_fits_message, lambda _, value: value),
}
