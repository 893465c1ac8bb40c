"""The types of a spec's options, read off its annotations: a value of another type is refused where it is written.

Looked at are options annotated as in `PLAIN`, with `Size`, with a `Literal` of texts, or with a class of specs, each
also with `| None`; the others check themselves. NumPy's numbers become Python's. True and False are no numbers here,
and neither are NaN and infinity.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import operator
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

Convert = Callable[[Any], Any]
"""The value in plain Python types; `TypeError` if it is of another type."""

Size: TypeAlias = int | Sequence[int]
"""What users may write: `3` means 3 along each axis; `(5, 3)` means height 5, width 3."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What an option may be: in words, and as a function."""

    words: str
    convert: Convert


def kinds_of(cls: type[Any], family: type[Any]) -> Mapping[str, Kind]:
    """The kinds of a dataclass's options, by name; `family` is the base class of specs."""
    found = {field.name: _kind(cls, field, family) for field in dataclasses.fields(cls)}
    return {name: kind for name, kind in found.items() if kind is not None}


def whole(value: Any) -> int:
    """`value` as an integer of Python's; `TypeError` unless it is a whole number.

    >>> import numpy as np
    >>> whole(np.int64(3))
    3
    """
    if isinstance(value, bool):
        raise TypeError
    return operator.index(value)


def number(value: Any) -> float:
    """`value` as an integer or a float of Python's; `TypeError` unless it is a finite real number.

    >>> import numpy as np
    >>> number(np.float32(0.5)), number(3)
    (0.5, 3)
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError
    try:
        plain = float(value)
    except OverflowError:
        plain = math.inf
    if not math.isfinite(plain):
        raise TypeError
    return operator.index(value) if isinstance(value, numbers.Integral) else plain


def is_number(value: Any) -> bool:
    """Whether it is a finite real number, and not True or False."""
    try:
        number(value)
    except TypeError:
        return False
    return True


def numbers_of(value: Any) -> np.ndarray[Any, Any]:
    """`value`, of any shape, as an array; `TypeError` unless it is finite real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal lengths
        raise TypeError from None
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise TypeError
    return array


def size(value: Any) -> Size:
    """`value` as an integer of Python's or a tuple of them; `TypeError` for anything else."""
    try:
        return whole(value)
    except TypeError:
        return _wholes(value)


def _kind(cls: type[Any], field: dataclasses.Field[Any], family: type[Any]) -> Kind | None:
    annotation = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "")
    required = annotation.removesuffix(" | None")
    kind = _required_kind(cls, field, family, required)
    return _or_none(kind) if kind is not None and required != annotation else kind


def _required_kind(cls: type[Any], field: dataclasses.Field[Any], family: type[Any], annotation: str) -> Kind | None:
    if annotation in PLAIN:
        return PLAIN[annotation]
    if annotation.startswith(("Literal['", 'Literal["')):
        return TEXT
    wanted = field.type if isinstance(field.type, type) else _named(cls, field.name, annotation)
    if wanted == Size:
        return SIZE
    if isinstance(wanted, type) and issubclass(wanted, family):
        return Kind(f"of the kind {wanted.__name__}{_example(field)}", _instance(wanted))
    return None


def _named(cls: type[Any], option: str, annotation: str) -> Any:
    """What the annotation means in the module of the class that states it; code that is executed may have none."""
    for base in cls.__mro__:
        if option in vars(base).get("__annotations__", {}):
            module = sys.modules.get(base.__module__)
            return vars(module).get(annotation) if module else None
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


def _text(value: Any) -> str:
    text = os.fspath(value)
    if not isinstance(text, str):
        raise TypeError
    return text


def _names(value: Any) -> tuple[str, ...]:
    """A single text means a list of one."""
    names = (value,) if isinstance(value, str) else tuple(_items(value))
    if not all(isinstance(name, str) for name in names):
        raise TypeError
    return names


def _wholes(value: Any) -> tuple[int, ...]:
    return tuple(whole(item) for item in _items(value))


def _numbers(value: Any) -> tuple[float, ...]:
    return tuple(number(item) for item in _items(value))


def _lists_of_wholes(value: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(_wholes(item) for item in _items(value))


def _items(value: Any) -> Iterable[Any]:
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str | bytes):
        raise TypeError
    return value


def _or_none(kind: Kind) -> Kind:
    return Kind(f"{kind.words} or None", lambda value: None if value is None else kind.convert(value))


WHOLE = Kind("a whole number", whole)
TEXT = Kind("a text", _text)
WHOLES = Kind("a list of whole numbers", _wholes)
SIZE = Kind("a whole number or a list of them such as (3, 5)", size)
PLAIN = {
    "bool": Kind("True or False", _flag),
    "int": WHOLE,
    "float": Kind("a finite number", number),
    "str": TEXT,
    "int | Sequence[int]": SIZE,
    "Sequence[int]": WHOLES,
    "tuple[int, ...]": WHOLES,
    "Sequence[float]": Kind("a list of finite numbers", _numbers),
    "Sequence[Sequence[int]]": Kind("a list of lists of whole numbers", _lists_of_wholes),
    "Sequence[str]": Kind('a list of names such as ["data"]', _names),
}
