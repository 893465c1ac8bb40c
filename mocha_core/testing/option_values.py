"""What options of a spec may be given: NumPy's numbers count as Python's do, and nothing ends in a stack trace."""

from __future__ import annotations

import dataclasses
import math
import re
from decimal import Decimal
from typing import Any

import numpy as np

from ..errors import MochaError
from ..specs import Spec
from .failure import CheckFailure

NO_NUMBERS: tuple[Any, ...] = (
    *(True, np.True_, math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf"), 1j, Decimal("0.5")),
    *("3", b"3", object(), int, {"a": 1}, {1}, [True, 1], [math.nan], [math.inf, 1.0], ["3"]),
    *(np.array(0.5), np.array([math.nan]), np.array([True]), np.array(["a"]), np.array([[1.0, 2.0], [3.0, 4.0]])),
)
"""Neither a number nor a list of numbers."""

STRANGE: tuple[Any, ...] = (
    *(None, "", (), -1, 0, 2.5, 10**400, range(2), [None], [10**400], ((1,),), [[1, 2], [3]]),
    *(np.array(2), np.array([]), np.array([1.5])),
)
"""What some options take."""

BY_NUMPY: tuple[tuple[Any, Any], ...] = (
    *((3, np.int64(3)), (-1, np.int8(-1)), (0.5, np.float32(0.5)), (0.5, np.float64(0.5))),
    *(((2, 3), np.array([2, 3])), ((2, 1), [np.int64(2), np.uint8(1)]), ((0.5, 2.0), np.array([0.5, 2.0]))),
)
"""The same, by Python and by NumPy."""

NUMBERS = re.compile(r"\b(int|float|Size)\b")
"""In the annotation of an option that is a number or a list of them."""

HELD = ("mean_blob",)
"""Options that keep the very array that they are given."""


def check_option_values(spec: Spec) -> None:
    """Raise `CheckFailure` unless each option of `spec` takes or refuses strange values as it should.

    What is refused is an error of the family of `MochaError`. An option that is annotated as a number takes none of
    `NO_NUMBERS`. Numbers of NumPy's make a spec that prints as the same code as one with Python's.

    >>> from mocha_core import L2Regu
    >>> check_option_values(L2Regu(0.5))
    """
    for field in dataclasses.fields(spec):  # type: ignore[arg-type]
        for value in NO_NUMBERS:
            if _with(spec, field.name, value) is not None and NUMBERS.search(str(field.type)):
                raise CheckFailure(f"{spec!r} takes {field.name}={value!r}, which is no number")
        for value in STRANGE:
            _with(spec, field.name, value)
        if field.name not in HELD:
            _check_numpy(spec, field.name)


def _check_numpy(spec: Spec, option: str) -> None:
    for number, same in BY_NUMPY:
        one, other = _with(spec, option, number), _with(spec, option, same)
        if repr(one) != repr(other):
            raise CheckFailure(f"{spec!r} becomes {one!r} by {option}={number!r}, and {other!r} by {option}={same!r}")


def _with(spec: Spec, option: str, value: Any) -> Spec | None:
    """`spec` with that value; None where it is refused."""
    try:
        return spec.replace(**{option: value})
    except MochaError:
        return None
    except Exception as error:
        raise CheckFailure(
            f"{spec!r} ends in a {type(error).__name__} ({error}), given {option}={value!r}; "
            f"what cannot be used should be an OptionError that says what can"
        ) from error
