"""What a check raises, and the comparison that most of them end with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .case import Case
from .tolerances import tolerance

Host = np.ndarray[Any, np.dtype[Any]]
Outcome = dict[str, Host]
"""Results on the host, by what they are: "top 0", "gradient of bottom 1", "gradient of weight"."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out, and for each result the size of the terms that it is a sum of."""

    outcome: Outcome
    sizes: Mapping[str, float]

    def only(self, chosen: Callable[[str], bool]) -> Expected:
        """The results whose names are chosen."""
        return Expected({name: array for name, array in self.outcome.items() if chosen(name)}, self.sizes)

    def as_rough_as(self, other: Expected) -> Expected:
        """The same results, each with terms at least as large as those of another expectation."""
        sizes = {name: max(size, other.sizes[name]) for name, size in self.sizes.items()}
        return Expected(self.outcome, sizes)


class CheckFailure(AssertionError):
    """A layer or a kernel does not keep the contract; the text says how, where, and with which options."""


def failed(case: Case, where: str, text: str) -> CheckFailure:
    """The error to raise; `where` names backend and element type."""
    shapes = ", ".join(str(bottom.shape) for bottom in case.bottoms)
    return CheckFailure(f"{case.layer!r}, bottoms of {shapes}, {where}: {text}")


def expect_equal(case: Case, where: str, got: Mapping[str, Host], want: Mapping[str, Host], what: str = "") -> None:
    """Fail unless the outcomes are the same, bit for bit."""
    for name, right in want.items():
        if not np.array_equal(got[name], right, equal_nan=True):
            raise failed(case, where, f"{name} {what or 'changed'}: {_worst(got[name], right)}")


def expect_close(case: Case, where: str, dtype: str, got: Outcome, want: Expected) -> None:
    """Fail unless every expected result is met within the tolerance of its element type."""
    for name, right in want.outcome.items():
        if name not in got:
            raise failed(case, where, f"{name} is missing")
        if got[name].shape != right.shape:
            raise failed(case, where, f"{name} has shape {got[name].shape}, that of the reference is {right.shape}")
        _expect_array(case, where, name, got[name], right, tolerance(dtype, case.terms(), want.sizes[name]))


def _expect_array(case: Case, where: str, name: str, got: Host, want: Host, allowed: float) -> None:
    if not np.isfinite(want).all():
        raise failed(
            case, where, f"{name} of the reference is not finite; choose bottoms for which the layer is defined"
        )
    if not np.isfinite(got).all():
        at = np.unravel_index(int(np.argmin(np.isfinite(got))), got.shape)
        raise failed(case, where, f"{name} is {got[at]} at {_place(at)}: not written, or made of what must not be read")
    if (np.abs(got - want) > allowed).any():
        raise failed(case, where, f"{name} differs from the reference: {_worst(got, want)}; allowed {allowed:.2g}")


def _worst(got: Host, want: Host) -> str:
    error = np.abs(np.nan_to_num(got - want, nan=np.inf))
    at = np.unravel_index(int(np.argmax(error)), error.shape)
    return f"{got[at]} instead of {want[at]} at {_place(at)}, off by {error[at]:.2g}"


def _place(at: tuple[Any, ...]) -> str:
    return str(tuple(int(k) for k in at))
