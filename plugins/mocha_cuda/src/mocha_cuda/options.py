"""Options of the backend, looked at."""

from __future__ import annotations

from typing import get_args

from mocha_core.errors import OptionError, suggest

from .device.device import Math


def math_of(math: Math) -> Math:
    """`math`, if there is such arithmetic."""
    if math not in get_args(Math):
        raise OptionError(f"there is no arithmetic {math!r}{suggest(str(math), get_args(Math))}")
    return math
