"""What the options of solvers have in common."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

from ..errors import OptionError


def is_number(value: object) -> bool:
    """Whether it is a real number, and not True or False."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def check_positive(params: Mapping[str, Any], *names: str) -> None:
    """Raise `OptionError` unless these parameters are finite numbers above 0."""
    for name in names:
        if not is_number(params[name]) or not 0 < params[name] < math.inf:
            raise OptionError(f"{name} is a number above 0, not {params[name]!r}")


def check_fraction(params: Mapping[str, Any], *names: str) -> None:
    """Raise `OptionError` unless these parameters are at least 0 and below 1."""
    for name in names:
        if not is_number(params[name]) or not 0 <= params[name] < 1:
            raise OptionError(f"{name} is at least 0 and below 1, not {params[name]!r}")
