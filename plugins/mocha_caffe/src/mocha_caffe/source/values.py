"""Values as the code that makes them, with numbers as short as Caffe's single precision allows."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from mocha_core.specs import Spec

from ..formats.precision import as_float32, short_float32

LISTS = ("bottoms", "tops")


def code(value: Any) -> str:
    """An expression for the value.

    >>> from mocha_core import L2Regu
    >>> code((0.009999999776482582, True, "a", L2Regu(0.5)))
    '(0.01, True, "a", L2Regu(coefficient=0.5))'
    """
    if isinstance(value, Spec):
        return f"{called(type(value))}({', '.join(f'{name}={text}' for name, text in options(value).items())})"
    if isinstance(value, tuple):
        return f"({', '.join(map(code, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def options(value: Spec) -> dict[str, str]:
    """The options of a spec that are not their defaults, as expressions."""
    fields = [field for field in dataclasses.fields(value) if field.init]  # type: ignore[arg-type]
    return {f.name: _option(f.name, getattr(value, f.name)) for f in fields if _said(f, getattr(value, f.name))}


def called(kind: type[Any]) -> str:
    """A class's name as users write it."""
    return kind.__qualname__.rpartition("<locals>.")[2]


def classes(value: Any) -> Iterator[type[Any]]:
    """The classes whose names occur in the expression."""
    if isinstance(value, tuple):
        for item in value:
            yield from classes(item)
    elif isinstance(value, Spec):
        yield type(value)
        for field in dataclasses.fields(value):  # type: ignore[arg-type]
            if _said(field, getattr(value, field.name)):
                yield from classes(getattr(value, field.name))


def _option(name: str, value: Any) -> str:
    text = code(value)
    return f"[{', '.join(map(code, value))}]" if name in LISTS else text


def _said(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is dataclasses.MISSING:
        return True
    return type(value) is not type(field.default) or bool(value != field.default)


def _number(value: float) -> str:
    if value != as_float32(value):
        return repr(value)
    text = short_float32(value)
    return text if set(text) & set(".en") else f"{text}.0"
