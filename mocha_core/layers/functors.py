"""The functions that an `ElementWiseLayer` computes, with their derivatives."""

from __future__ import annotations

from typing import ClassVar

from ..blob import Array
from ..specs import namespace, spec
from .functor import Binary
from .functor import Functor as Functor
from .functors_of_many import Maximum, Product, Sum


@spec
class Add(Binary):
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
class Subtract(Binary):
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
class Multiply(Binary):
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
class Divide(Binary):
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
    Sum = Sum
    Product = Product
    Maximum = Maximum
