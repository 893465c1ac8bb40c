"""NumPy arrays inside what is otherwise JSON: taken out before writing, put back after reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

HostArray = np.ndarray[Any, Any]

ARRAY = "__array__"
"""The one key of what stands in the place of an array; its value is the array's name."""


def take_out(value: Any, arrays: dict[str, HostArray]) -> Any:
    """`value` fit for JSON: each array in it is moved to `arrays`, under a number that stands in its place.

    >>> arrays = {}
    >>> take_out({"best": 0.5, "mean": np.zeros(3)}, arrays), arrays
    ({'best': 0.5, 'mean': {'__array__': '0'}}, {'0': array([0., 0., 0.])})
    """
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = value
        return {ARRAY: name}
    if isinstance(value, Mapping):
        return {key: take_out(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [take_out(item, arrays) for item in value]
    return value


def put_back(value: Any, arrays: Mapping[str, HostArray]) -> Any:
    """The inverse of `take_out`, but that tuples stay lists; a missing array is a `KeyError`."""
    if isinstance(value, Mapping):
        if set(value) == {ARRAY}:
            return arrays[value[ARRAY]]
        return {key: put_back(item, arrays) for key, item in value.items()}
    return [put_back(item, arrays) for item in value] if isinstance(value, list) else value
