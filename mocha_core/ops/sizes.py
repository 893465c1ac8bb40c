"""Options such as kernel, stride and pad: one whole number for all axes of an image, or one for each axis."""

from __future__ import annotations

from typing import Any, TypeAlias

from ..errors import OptionError
from ..option_types import Size as Size
from ..option_types import size

Pair: TypeAlias = tuple[int, int]


def pair(value: Any, option: str = "it", least: int = 0) -> Pair:
    """`value` as (height, width), both integers of at least `least`; `option` names it in the error.

    >>> pair(3), pair([5, 3])
    ((3, 3), (5, 3))
    """
    items = along(_size(value), 2)
    if len(items) != 2 or min(items) < least:
        raise OptionError(f"{option} is a pair (height, width) of integers of at least {least}, not {value!r}")
    return items[0], items[1]


def size_option(value: Any, option: str = "it", least: int = 0) -> Size:
    """`value` as an integer, or a tuple of them, all at least `least`; `option` names it in the error.

    >>> size_option(3), size_option([5, 3])
    (3, (5, 3))
    """
    found = _size(value)
    if found == () or min(along(found, 1)) < least:
        raise OptionError(
            f"{option} is a whole number of at least {least}, or one for each axis such as (height, width), "
            f"not {value!r}"
        )
    return found


def along(value: Size, axes: int) -> tuple[int, ...]:
    """`value` for each of so many axes.

    >>> along(3, axes=2), along((5, 3), axes=2)
    ((3, 3), (5, 3))
    """
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _size(value: Any) -> Size:
    """`value` in integers of Python's; none where it is of another type."""
    try:
        return size(value)
    except TypeError:
        return ()
