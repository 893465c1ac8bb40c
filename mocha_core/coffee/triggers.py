"""Triggers: when a coffee break is due, as a pure function of progress."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import OptionError
from ..option_types import number, whole
from ..specs import Spec, spec


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is. `epoch` is None where nobody asks for it; `epoch_before` is that of the check before."""

    iteration: int
    epoch: int | None = None
    epoch_before: int | None = None


class Trigger(Spec, ABC):
    """When a break is due. A new one is a `@spec` with this one method.

    needs_epoch: whether it reads the epochs, and so needs a net with a data layer.
    """

    __slots__ = ()

    needs_epoch: ClassVar[bool] = False

    @abstractmethod
    def due(self, progress: Progress) -> bool:
        """Whether the break is taken at this check."""


@spec
class EveryIter(Trigger):
    """At iterations 0, n, 2n, ...

    >>> EveryIter(100).due(Progress(iteration=200))
    True
    """

    n: int

    def check(self) -> None:
        self._put("n", whole_number("every_n_iter", self.n))

    def due(self, progress: Progress) -> bool:
        return progress.iteration % self.n == 0


@spec
class EveryEpoch(Trigger):
    """When the n-th, 2n-th, ... pass through the data has ended since the check before.

    >>> EveryEpoch(2).due(Progress(iteration=900, epoch=2, epoch_before=1))
    True
    """

    needs_epoch: ClassVar[bool] = True

    n: int

    def check(self) -> None:
        self._put("n", whole_number("every_n_epoch", self.n))

    def due(self, progress: Progress) -> bool:
        if progress.epoch is None or progress.epoch_before is None:
            return False
        return progress.epoch // self.n > progress.epoch_before // self.n


def make_trigger(every_n_iter: int | None = None, every_n_epoch: int | None = None) -> Trigger:
    """The trigger for the option that is given; neither and both are an `OptionError`."""
    if every_n_iter is not None and every_n_epoch is not None:
        raise OptionError("a coffee break is every_n_iter or every_n_epoch; add it twice for both")
    if every_n_iter is None and every_n_epoch is None:
        raise OptionError("a coffee break needs to know when: every_n_iter=1000, or every_n_epoch=1")
    if every_n_iter is None:
        return EveryEpoch(whole_number("every_n_epoch", every_n_epoch))
    return EveryIter(whole_number("every_n_iter", every_n_iter))


def whole_number(option: str, value: Any) -> int:
    """`value` if it is a whole number above 0; an `OptionError` that names the option if not."""
    try:
        found = whole(value)
    except TypeError:
        found = 0
    if found < 1:
        raise OptionError(f"{option} is a whole number above 0, not {value!r}")
    return found


def not_negative(option: str, value: Any) -> float:
    """`value` if it is a number, at least 0 and finite; an `OptionError` that names the option if not."""
    try:
        found = number(value)
    except TypeError:
        found = -1
    if found < 0:
        raise OptionError(f"{option} is a number, at least 0, not {value!r}")
    return float(found)
