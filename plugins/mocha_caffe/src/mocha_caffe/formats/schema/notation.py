"""Reading the notation of the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .declarations import FLOATS, INTEGERS, WIRE_TYPES, EnumType, Field, Scalar

LINE = re.compile(
    r"(?P<number>\d+) (?:(?P<label>repeated|packed|array) )?(?P<type>\w+) (?P<name>\w+)"
    r"(?: = (?P<default>\S+))?(?: @(?P<layer>\w+))?(?: also (?P<also>[\d ]+))?$"
)


@dataclass(slots=True)
class Declared:
    """A message as written down, before its types are looked up."""

    name: str
    lines: list[re.Match[str]] = field(default_factory=list)
    enums: dict[str, EnumType] = field(default_factory=dict)


def declared(tables: Iterable[str]) -> tuple[dict[str, Declared], dict[str, EnumType]]:
    """All messages of the tables, and the enums that belong to none."""
    messages: dict[str, Declared] = {}
    shared = Declared("")
    for table in tables:
        current = shared
        for line in _joined(table):
            word, _, rest = line.partition(" ")
            if word in ("message", "extend"):
                current = messages.setdefault(rest, Declared(rest))
            elif word == "enum":
                name, _, values = rest.partition(" ")
                (current if current.name else shared).enums[name] = _enum(name, values)
            else:
                current.lines.append(_match(line))
        current = shared
    return messages, shared.enums


def make_field(line: re.Match[str], enums: dict[str, EnumType], messages: Iterable[str]) -> Field:
    """The field a line declares."""
    type_name = line["type"]
    enum = enums.get(type_name)
    kind = "enum" if enum else type_name if type_name in WIRE_TYPES else "message"
    if kind == "message" and type_name not in messages:
        raise ValueError(f"{line.string!r} names an unknown type")
    return Field(
        number=int(line["number"]),
        name=line["name"],
        kind=kind,
        label=line["label"] or "",
        default=_default(kind, line["default"], enum),
        has_default=line["default"] is not None,
        type_name=type_name if kind in ("enum", "message") else "",
        enum=enum,
        layer_type=line["layer"] or "",
        also=tuple(int(number) for number in (line["also"] or "").split()),
    )


def _joined(table: str) -> Iterator[str]:
    """Lines without indentation; a list of enum values may go on over several lines."""
    pending = ""
    for raw in table.splitlines():
        line = raw.strip()
        if pending and "=" in line.split(" ")[0]:
            pending += " " + line
            continue
        if pending:
            yield pending
        pending = line
    if pending:
        yield pending


def _enum(name: str, values: str) -> EnumType:
    pairs = (value.split("=") for value in values.split())
    return EnumType(name, {key: int(number) for key, number in pairs})


def _match(line: str) -> re.Match[str]:
    found = LINE.match(line)
    if found is None:
        raise ValueError(f"{line!r} declares no field")
    return found


def _default(kind: str, text: str | None, enum: EnumType | None) -> Scalar:
    from ..precision import as_float32

    if enum is not None:
        return text or next(iter(enum.numbers))
    if kind in INTEGERS:
        return int(text or 0)
    if kind in FLOATS:
        return as_float32(float(text or 0)) if kind == "float" else float(text or 0)
    if kind == "bool":
        return text == "true"
    return (text or "").strip('"')
