"""Constraints: where a parameter must lie; the solver projects it there after an update."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from .blob import Array
from .errors import OptionError
from .specs import Spec, spec


class Constraint(Spec, ABC):
    """A set that a parameter must lie in. A new one is a `@spec` with a field `every_n_iter` and `project`.

    every_n_iter: the solver projects after every so many iterations; 0 means never.
    """

    __slots__ = ()

    every_n_iter: int

    @abstractmethod
    def project(self, xp: Any, w: Array) -> Array:
        """The point of the set nearest to w, of w's shape."""

    def due(self, iteration: int) -> bool:
        """Whether the solver projects after this iteration."""
        return self.every_n_iter > 0 and iteration % self.every_n_iter == 0


@spec
class NoCons(Constraint):
    """Anything is allowed.

    >>> from mocha_core import NoCons
    >>> NoCons()
    NoCons()
    """

    every_n_iter: int = 0

    def project(self, xp: Any, w: Array) -> Array:
        return w


@spec
class L2Cons(Constraint):
    """Each unit's weights have an L2 norm of at most `threshold`; longer ones are scaled back to it.

    Axis 0 counts the units: (out, F), (n_filter, channels, height, width). A vector, and so a bias of shape (out,) or
    (1, out), is one unit.

    >>> import numpy as np
    >>> from mocha_core import L2Cons
    >>> L2Cons(5.0).project(np, np.array([[6.0, 8.0], [0.3, 0.4]]))
    array([[3. , 4. ],
           [0.3, 0.4]])
    """

    threshold: float
    every_n_iter: int = 1

    def check(self) -> None:
        if self.threshold <= 0:
            raise OptionError(f"L2Cons: threshold is the largest norm, above 0, not {self.threshold}")
        if self.every_n_iter < 0:
            raise OptionError(f"L2Cons: every_n_iter is at least 0 (0 means never), not {self.every_n_iter}")

    def project(self, xp: Any, w: Array) -> Array:
        one_unit = tuple(range(min(1, w.ndim - 1), w.ndim))
        norm = xp.sqrt(xp.sum(w * w, axis=one_unit, keepdims=True))
        return w * (self.threshold / xp.clip(norm, self.threshold, None))
