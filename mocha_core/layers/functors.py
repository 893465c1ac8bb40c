"""The functions of two blobs that an `ElementWiseLayer` computes, with their derivatives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ..blob import Array
from ..specs import Spec, namespace, spec


class Functor(Spec, ABC):
    """y = f(a, b), element by element; `da` and `db` give the gradients by a and b for the gradient dy by y.

    arity: number of arguments.   saves: what the derivatives read, in the words of `Plan.saves`.
    """

    __slots__ = ()

    arity: ClassVar[int] = 2
    saves: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def y(self, a: Array, b: Array) -> Array:
        """The value."""

    @abstractmethod
    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        """dy * df/da."""

    @abstractmethod
    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        """dy * df/db."""


@spec
class Add(Functor):
    """y = a + b.

    >>> Add().y(6.0, 3.0)
    9.0
    """

    def y(self, a: Array, b: Array) -> Array:
        return a + b

    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy

    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy


@spec
class Subtract(Functor):
    """y = a - b.

    >>> Subtract().y(6.0, 3.0)
    3.0
    """

    def y(self, a: Array, b: Array) -> Array:
        return a - b

    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy

    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return -dy


@spec
class Multiply(Functor):
    """y = a * b.

    >>> Multiply().y(6.0, 3.0)
    18.0
    """

    saves: ClassVar[frozenset[str]] = frozenset({"xs"})

    def y(self, a: Array, b: Array) -> Array:
        return a * b

    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy * b

    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy * a


@spec
class Divide(Functor):
    """y = a / b. A zero in b gives Inf or NaN, as division does; no denominator is clamped.

    >>> Divide().y(6.0, 3.0)
    2.0
    """

    saves: ClassVar[frozenset[str]] = frozenset({"x1", "ys"})

    def y(self, a: Array, b: Array) -> Array:
        return a / b

    def da(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return dy / b

    def db(self, a: Array, b: Array, y: Array, dy: Array) -> Array:
        return -dy * y / b


@namespace
class ElementWiseFunctors:
    """The functors by the names that nets use: `ElementWiseFunctors.Multiply()`.

    >>> ElementWiseFunctors.Multiply()
    ElementWiseFunctors.Multiply()
    """

    Add = Add
    Subtract = Subtract
    Multiply = Multiply
    Divide = Divide
