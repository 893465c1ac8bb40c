"""What a neuron is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from ..blob import Array
from ..specs import Spec


class Neuron(Spec, ABC):
    """An activation y = f(x). A new one is a `@spec` with these two methods, in array-API functions only.

    from_input: the slope f'(x) is no function of y alone, so `backward` is given x in the place of y. That costs
    memory: a neuron that reads its output may overwrite its input.
    """

    __slots__ = ()

    from_input: ClassVar[bool] = False

    @abstractmethod
    def forward(self, xp: Any, x: Array) -> Array:
        """y = f(x); `x` is left alone."""

    @abstractmethod
    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        """dx = dy * f'(x), with f'(x) written as a function of y = f(x), or of x if `from_input`."""
