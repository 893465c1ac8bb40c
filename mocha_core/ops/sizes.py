"""Options such as kernel, stride and pad: one whole number for all axes of an image, or one for each axis."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

from ..errors import OptionError

Pair: TypeAlias = tuple[int, int]
Size: TypeAlias = int | Sequence[int]
"""What users may write: `3` means 3 along each axis; `(5, 3)` means height 5, width 3."""


def pair(value: Any, option: str = "it", least: int = 0) -> Pair:
    """`value` as (height, width), both integers of at least `least`; `option` names it in the error.

    >>> pair(3), pair([5, 3])
    ((3, 3), (5, 3))
    """
    items = (value, value) if isinstance(value, int) else tuple(value) if isinstance(value, Sequence) else ()
    if len(items) != 2 or not all(isinstance(item, int) and item >= least for item in items):
        raise OptionError(f"{option} is a pair (height, width) of integers of at least {least}, not {value!r}")
    return items[0], items[1]


def size_option(value: Any, option: str = "it", least: int = 0) -> Size:
    """`value` as an integer, or a tuple of them, all at least `least`; `option` names it in the error.

    >>> size_option(3), size_option([5, 3])
    (3, (5, 3))
    """
    try:
        items = (operator.index(value),) if not isinstance(value, Sequence) else tuple(map(operator.index, value))
    except TypeError:
        items = ()
    if isinstance(value, bool) or not items or min(items) < least:
        raise OptionError(
            f"{option} is a whole number of at least {least}, or one for each axis such as (height, width), "
            f"not {value!r}"
        )
    return items if isinstance(value, Sequence) else items[0]


def along(value: Size, axes: int) -> tuple[int, ...]:
    """`value` for each of so many axes.

    >>> along(3, axes=2), along((5, 3), axes=2)
    ((3, 3), (5, 3))
    """
    return (value,) * axes if isinstance(value, int) else tuple(value)
