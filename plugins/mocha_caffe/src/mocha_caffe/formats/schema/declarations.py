"""The three things a schema declares: enums, fields and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""The wire types in use."""

WIRE_TYPES = {
    "int32": VARINT,
    "int64": VARINT,
    "uint32": VARINT,
    "uint64": VARINT,
    "bool": VARINT,
    "enum": VARINT,
    "float": FIXED32,
    "double": FIXED64,
    "string": LENGTH,
    "bytes": LENGTH,
    "message": LENGTH,
}
INTEGERS = frozenset({"int32", "int64", "uint32", "uint64"})
FLOATS = frozenset({"float", "double"})


@dataclass(frozen=True, slots=True)
class EnumType:
    """Names and their numbers, in the order of declaration."""

    name: str
    numbers: Mapping[str, int]
    names: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {number: name for name, number in self.numbers.items()})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `number` 0: it is read from text only."""

    number: int
    name: str
    kind: str
    """A key of `WIRE_TYPES`."""
    label: str = ""
    """"" for one value, "repeated", "packed", or "array" for numbers kept as a NumPy array."""
    default: Scalar = 0
    has_default: bool = False
    type_name: str = ""
    """Of the message or enum."""
    enum: EnumType | None = None
    layer_type: str = ""
    """The only layer type that has this field; empty for all."""
    also: tuple[int, ...] = ()
    """Other numbers of this field."""

    @property
    def repeated(self) -> bool:
        """Whether it holds a list (or an array)."""
        return self.label != ""

    @property
    def is_array(self) -> bool:
        """Whether its value is a NumPy array: floats of blobs, and bytes."""
        return self.label == "array" or self.kind == "bytes"

    def fits(self, wire_type: int) -> bool:
        """Whether a value of that wire type can be this field; lists of numbers may be packed."""
        own = WIRE_TYPES[self.kind]
        return wire_type == own or (wire_type == LENGTH and self.repeated)


@dataclass(frozen=True, slots=True)
class MessageType:
    """A message: its fields by name, in the order of their numbers."""

    name: str
    fields: Mapping[str, Field]
    by_number: Mapping[int, tuple[Field, ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_number", _by_number(self.fields.values()))

    def find(self, number: int, wire_type: int, layer_type: str = "") -> Field | None:
        """The field that a number means here: first one of this layer's type only, then one of all layers."""
        for candidate in self.by_number.get(number, ()):
            if candidate.layer_type in ("", layer_type) and candidate.fits(wire_type):
                return candidate
        return None


def _by_number(fields: Iterable[Field]) -> dict[int, tuple[Field, ...]]:
    found: dict[int, list[Field]] = {}
    for each in fields:
        for number in (each.number, *each.also):
            if number:
                found.setdefault(number, []).append(each)
    return {number: tuple(sorted(some, key=_precedence(number))) for number, some in found.items()}


def _precedence(number: int) -> Callable[[Field], tuple[bool, bool]]:
    """A fork's field for one layer type goes before a field of all layers; an own number before another's."""
    return lambda each: (each.layer_type == "", each.number != number)
