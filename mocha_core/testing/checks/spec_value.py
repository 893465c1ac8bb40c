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
    for fact, holds in _facts(case.layer):
        fault = _fault(holds)
        if fault:
            raise failed(case, "as a value", f"it should {fact}: {fault}")


def _fault(holds: Callable[[], bool]) -> str:
    try:
        return "" if holds() else "not so"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _facts(layer: Any) -> Iterator[tuple[str, Callable[[], bool]]]:
    copy = layer.replace(name=layer.name)
    yield "equal its copy", lambda: layer == copy and copy is not layer
    yield "hash like its copy", lambda: hash(layer) == hash(copy)
    yield "print as the code that makes it", lambda: eval(repr(layer), vars(api) | dict(_classes(layer))) == layer
    yield "differ from one with another name", lambda: layer.replace(name=layer.name + "2") != layer
    yield "refuse changes", lambda: _is_frozen(layer)


def _is_frozen(layer: Any) -> bool:
    try:
        layer.name = "another name"
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
