"""The types of a spec's options, read off its annotations: a value of another type is refused where it is written.

Looked at are options annotated `bool`, `int`, `float`, `str`, or with a class of specs; the others check themselves.
"""

from __future__ import annotations

import dataclasses
import numbers
import operator
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

Convert = Callable[[Any], Any]
"""The value in plain Python types; `TypeError` if it is of another type."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What an option may be: in words, and as a function."""

    words: str
    convert: Convert


def kinds_of(cls: type[Any], family: type[Any]) -> Mapping[str, Kind]:
    """The kinds of a dataclass's options, by name; `family` is the base class of specs."""
    found = {field.name: _kind(cls, field, family) for field in dataclasses.fields(cls)}
    return {name: kind for name, kind in found.items() if kind is not None}


def _kind(cls: type[Any], field: dataclasses.Field[Any], family: type[Any]) -> Kind | None:
    annotation = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "")
    if annotation in PLAIN:
        return PLAIN[annotation]
    wanted = field.type if isinstance(field.type, type) else _named(cls, field.name, annotation)
    if isinstance(wanted, type) and issubclass(wanted, family):
        return Kind(f"of the kind {wanted.__name__}{_example(field)}", _instance(wanted))
    return None


def _named(cls: type[Any], option: str, annotation: str) -> Any:
    """What the annotation means in the module of the class that states it."""
    for base in cls.__mro__:
        if option in vars(base).get("__annotations__", {}):
            return vars(sys.modules[base.__module__]).get(annotation)
    return None


def _example(field: dataclasses.Field[Any]) -> str:
    return "" if field.default is dataclasses.MISSING else f", such as {field.default!r}"


def _instance(wanted: type[Any]) -> Convert:
    def convert(value: Any) -> Any:
        if not isinstance(value, wanted):
            raise TypeError
        return value

    return convert


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return operator.index(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError
    return value if isinstance(value, int) else float(value)


def _text(value: Any) -> str:
    text = os.fspath(value)
    if not isinstance(text, str):
        raise TypeError
    return text


PLAIN = {
    "bool": Kind("True or False", _flag),
    "int": Kind("a whole number", _whole),
    "float": Kind("a number", _number),
    "str": Kind("a text", _text),
}
