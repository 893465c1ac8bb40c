"""What an `ElementWiseLayer` computes: a function of several blobs of one shape, element by element."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array
from ..specs import Spec


class Functor(Spec, ABC):
    """y = f(x_0, x_1, ...), element by element.

    saves: what the derivatives read, in the words of `Plan.saves`.
    """

    __slots__ = ()

    saves: ClassVar[frozenset[str]] = frozenset()

    @property
    def count(self) -> int | None:
        """How many blobs it takes; None: any number from two on."""
        return None

    @abstractmethod
    def forward(self, xp: Any, xs: Sequence[Array]) -> Array:
        """The value."""

    @abstractmethod
    def backward(
        self, xp: Any, xs: Sequence[Array], y: Array, dy: Array, wants: Sequence[bool]
    ) -> tuple[Array | None, ...]:
        """dy * df/dx_k for each blob, or None where it is not wanted."""


class Binary(Functor):
    """y = f(a, b); `da` and `db` give the gradients by a and b for the gradient dy by y."""

    __slots__ = ()

    @property
    def count(self) -> int:
        return 2

    def forward(self, xp: Any, xs: Sequence[Array]) -> Array:
        a, b = xs
        return self.y(a, b)

    def backward(
        self, xp: Any, xs: Sequence[Array], y: Array, dy: Array, wants: Sequence[bool]
    ) -> tuple[Array | None, ...]:
        a, b = xs
        return self.da(a, b, y, dy) if wants[0] else None, self.db(a, b, y, dy) if wants[1] else None

    @abstractmethod
    def y(self, a: Array, b: Array) -> Array:
        """The value."""

    @abstractmethod
    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        """dy * df/da."""

    @abstractmethod
    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        """dy * df/db."""
