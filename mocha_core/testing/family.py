"""Cases that belong together: one layer in one manner of use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from ..layer import Layer
from .case import Case


@dataclass(frozen=True)
class Family:
    """label: of the test.   plain: the most usual case, which fast kernels must take.   cases: what else is tried."""

    label: str
    plain: Case
    cases: SearchStrategy[Case]

    @property
    def layer(self) -> type[Layer]:
        """What the family is a family of."""
        return type(self.plain.layer)


def family(label: str, plain: Case) -> Callable[[Callable[[], SearchStrategy[Case]]], Family]:
    """Make a strategy for cases a family: put `@family(label, plain)` above `@st.composite`.

    >>> from hypothesis import strategies as st
    >>> from mocha_core import PowerLayer
    >>> from mocha_core.testing import Bottom, shapes
    >>> plain = Case(PowerLayer(power=2, bottoms=["x"], tops=["y"]), (Bottom((2, 3)),))
    >>> @family("square", plain)
    ... @st.composite
    ... def squares(draw):
    ...     return Case(plain.layer, (Bottom(draw(shapes())),))
    >>> squares.layer.__name__
    'PowerLayer'
    """

    def decorate(strategy: Callable[[], SearchStrategy[Any]]) -> Family:
        return Family(label, plain, strategy())

    return decorate
