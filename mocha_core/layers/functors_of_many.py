"""Functions of any number of blobs, with their derivatives."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .functor import Functor


@spec
class Sum(Functor):
    """y = sum_k c_k x_k.

    coefficients: c_k, one for each blob; all 1 by default.

    >>> from mocha_core import ElementWiseFunctors
    >>> ElementWiseFunctors.Sum([1.0, -2.0]).forward(None, (6.0, 3.0))
    0.0
    """

    coefficients: Sequence[float] = ()

    def check(self) -> None:
        if len(self.coefficients) == 1:
            raise self.refuse(f"coefficients are one for each of two or more blobs, not {self.coefficients}")

    @property
    def count(self) -> int | None:
        return len(self.coefficients) or None

    def forward(self, xp: Any, xs: Sequence[Array]) -> Array:
        return reduce(operator.add, (_times(c, x) for c, x in zip(self._all(len(xs)), xs, strict=True)))

    def backward(
        self, xp: Any, xs: Sequence[Array], y: Array, dy: Array, wants: Sequence[bool]
    ) -> tuple[Array | None, ...]:
        return tuple(_times(c, dy) if want else None for c, want in zip(self._all(len(xs)), wants, strict=True))

    def _all(self, count: int) -> Sequence[float]:
        return self.coefficients or (1.0,) * count


@spec
class Product(Functor):
    """y = the product of all x_k.

    stable: the gradient by x_k is dy times the product of the others; if False, it is dy y / x_k, which for many blobs
    is less work, and NaN where x_k is zero.

    >>> from mocha_core import ElementWiseFunctors
    >>> ElementWiseFunctors.Product().forward(None, (6.0, 3.0, 2.0))
    36.0
    """

    stable: bool = True

    saves: ClassVar[frozenset[str]] = frozenset({"xs"})

    def forward(self, xp: Any, xs: Sequence[Array]) -> Array:
        return reduce(operator.mul, xs)

    def backward(
        self, xp: Any, xs: Sequence[Array], y: Array, dy: Array, wants: Sequence[bool]
    ) -> tuple[Array | None, ...]:
        if not self.stable:
            whole = dy * self.forward(xp, xs)
            return tuple(whole / x if want else None for x, want in zip(xs, wants, strict=True))
        others = [[x for j, x in enumerate(xs) if j != k] for k in range(len(xs))]
        return tuple(reduce(operator.mul, rest, dy) if want else None for rest, want in zip(others, wants, strict=True))


@spec
class Maximum(Functor):
    """y = the largest x_k; NaN always is. The gradient goes to it alone.

    Of equals the last of the first two takes it, else the first: as in Caffe.

    >>> import numpy as np
    >>> from mocha_core import ElementWiseFunctors
    >>> ElementWiseFunctors.Maximum().forward(np, (np.array([6.0, 1.0]), np.array([3.0, 2.0])))
    array([6., 2.])
    """

    saves: ClassVar[frozenset[str]] = frozenset({"xs"})

    def forward(self, xp: Any, xs: Sequence[Array]) -> Array:
        return reduce(xp.maximum, xs)

    def backward(
        self, xp: Any, xs: Sequence[Array], y: Array, dy: Array, wants: Sequence[bool]
    ) -> tuple[Array | None, ...]:
        best, owner = xs[0], xp.zeros(xs[0].shape, dtype=xp.int64)
        for k, x in enumerate(xs[1:], start=1):
            wins = xp.isnan(x) | ((x >= best) if k == 1 else (x > best))
            best, owner = xp.where(wins, x, best), xp.where(wins, xp.full_like(owner, k), owner)
        none = xp.zeros_like(dy)
        return tuple(xp.where(owner == k, dy, none) if want else None for k, want in enumerate(wants))


def _times(coefficient: float, x: Array) -> Array:
    return x if coefficient == 1 else coefficient * x
