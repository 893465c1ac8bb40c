"""What the options of solvers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import OptionError
from ..option_types import is_number, number


def plain(value: Any) -> Any:
    """A finite number as Python's own, which a snapshot can hold; everything else as it is."""
    return number(value) if is_number(value) else value


def check_positive(params: Mapping[str, Any], *names: str) -> None:
    """Raise `OptionError` unless these parameters are numbers above 0."""
    for name in names:
        if not is_number(params[name]) or params[name] <= 0:
            raise OptionError(f"{name} is a number above 0, not {params[name]!r}")


def check_fraction(params: Mapping[str, Any], *names: str) -> None:
    """Raise `OptionError` unless these parameters are at least 0 and below 1."""
    for name in names:
        if not is_number(params[name]) or not 0 <= params[name] < 1:
            raise OptionError(f"{name} is at least 0 and below 1, not {params[name]!r}")
