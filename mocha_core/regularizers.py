"""Regularizers: a penalty on a parameter's size. The solver multiplies both methods by its `regu_coef`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

from .blob import Array
from .errors import OptionError
from .option_types import is_number
from .specs import Spec, spec


class Regularizer(Spec, ABC):
    """A penalty R(w). A new one is a `@spec` with these two methods, in array-API functions only."""

    __slots__ = ()

    @abstractmethod
    def value(self, xp: Any, w: Array) -> Array:
        """R(w), an array without dimensions."""

    @abstractmethod
    def gradient(self, xp: Any, w: Array) -> Array:
        """dR/dw, of w's shape."""


@spec
class NoRegu(Regularizer):
    """R(w) = 0.

    >>> from mocha_core import NoRegu
    >>> NoRegu()
    NoRegu()
    """

    def value(self, xp: Any, w: Array) -> Array:
        return xp.zeros((), dtype=w.dtype)

    def gradient(self, xp: Any, w: Array) -> Array:
        return xp.zeros_like(w)


@spec
class L2Regu(Regularizer):
    """R(w) = c |w|^2, with gradient 2 c w. With the solver's g = `regu_coef`, Caffe's weight decay is 2 c g.

    >>> import numpy as np
    >>> from mocha_core import L2Regu
    >>> L2Regu(0.5).gradient(np, np.array([3.0, -4.0]))
    array([ 3., -4.])
    """

    coefficient: float = 1.0

    def check(self) -> None:
        _check_coefficient(self, self.coefficient)

    @classmethod
    def from_weight_decay(cls, weight_decay: float, regu_coef: float = 1.0) -> Self:
        """What Caffe calls `weight_decay` (its gradient is weight_decay * w), for a solver with this `regu_coef`.

        >>> from mocha_core import L2Regu
        >>> L2Regu.from_weight_decay(0.0005, regu_coef=0.0005)
        L2Regu(coefficient=0.5)
        """
        if not is_number(weight_decay):
            raise OptionError(f"L2Regu.from_weight_decay: weight_decay is a number, not {weight_decay!r}")
        if not is_number(regu_coef) or regu_coef <= 0:
            raise OptionError(f"L2Regu.from_weight_decay: regu_coef is above 0, not {regu_coef!r}")
        return cls(weight_decay / (2 * regu_coef))

    def value(self, xp: Any, w: Array) -> Array:
        return self.coefficient * xp.sum(w * w)

    def gradient(self, xp: Any, w: Array) -> Array:
        return (2 * self.coefficient) * w


@spec
class L1Regu(Regularizer):
    """R(w) = c sum |w|, with gradient c sign(w) and sign(0) = 0.

    >>> import numpy as np
    >>> from mocha_core import L1Regu
    >>> L1Regu(0.5).gradient(np, np.array([3.0, 0.0, -4.0]))
    array([ 0.5,  0. , -0.5])
    """

    coefficient: float = 1.0

    def check(self) -> None:
        _check_coefficient(self, self.coefficient)

    def value(self, xp: Any, w: Array) -> Array:
        return self.coefficient * xp.sum(xp.abs(w))

    def gradient(self, xp: Any, w: Array) -> Array:
        return self.coefficient * xp.sign(w)


def _check_coefficient(regularizer: Regularizer, coefficient: float) -> None:
    if coefficient < 0:
        raise OptionError(f"{type(regularizer).__name__}: coefficient is at least 0, not {coefficient}")
