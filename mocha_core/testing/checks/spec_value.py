"""A spec is a value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from ... import api
from ...backend import Backend
from ...specs import Spec
from ..case import Case
from ..failure import failed
from .check import check


@check(dtypes=("float64",), about_spec=True)
def spec_is_a_value(case: Case, backend: Backend, dtype: str) -> None:
    """A layer equals and hashes like its copy, prints as the code that makes it, differs by name, cannot be changed."""
    layer: Any = case.layer
    fault = fault_of_value(layer) or _fault(
        "differ from one with another name", lambda: layer.replace(name=layer.name + "2") != layer
    )
    if fault:
        raise failed(case, "as a value", fault)


def fault_of_value(value: Any) -> str:
    """What keeps a spec from being a value; nothing if it is one."""
    return next(filter(None, (_fault(fact, holds) for fact, holds in _facts(value))), "")


def _fault(fact: str, holds: Callable[[], bool]) -> str:
    try:
        return "" if holds() else f"it should {fact}: not so"
    except Exception as error:
        return f"it should {fact}: {type(error).__name__}: {error}"


def _facts(value: Any) -> Iterator[tuple[str, Callable[[], bool]]]:
    copy = value.replace()
    yield "equal its copy", lambda: value == copy and copy is not value
    yield "hash like its copy", lambda: hash(value) == hash(copy)
    yield "print as the code that makes it", lambda: eval(repr(value), vars(api) | dict(_classes(value))) == value
    yield "refuse changes", lambda: _is_frozen(value)


def _is_frozen(value: Any) -> bool:
    try:
        value.name = "another name"
    except (AttributeError, TypeError):
        return True
    return False


def _classes(value: Any) -> Iterator[tuple[str, type[Any]]]:
    """The names that the code may use besides the public ones: the class of each spec within the spec."""
    if isinstance(value, tuple):
        for item in value:
            yield from _classes(item)
    elif isinstance(value, Spec):
        yield type(value).__name__, type(value)
        for field in dataclasses.fields(value):  # type: ignore[arg-type]
            yield from _classes(getattr(value, field.name))
