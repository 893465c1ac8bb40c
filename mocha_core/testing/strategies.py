"""Hypothesis strategies that every author of a layer needs: shapes whose sides all differ, so none can be mixed up."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import strategies as st

from ..blob import Shape
from .case import Bottom

SIDES = tuple(range(1, 8))


@st.composite
def shapes(draw: st.DrawFn, min_dims: int = 2, max_dims: int = 4, avoid: Collection[int] = ()) -> Shape:
    """Shapes with all sides different, none of them in `avoid`.

    >>> from hypothesis import find
    >>> find(shapes(3, 3), lambda shape: True)
    (1, 2, 3)
    """
    dims = draw(st.integers(min_dims, max_dims))
    sides = [side for side in SIDES if side not in avoid]
    return tuple(draw(st.lists(st.sampled_from(sides), min_size=dims, max_size=dims, unique=True)))


@st.composite
def image_shapes(draw: st.DrawFn, channels: int | None = None, least: tuple[int, ...] = (1, 1)) -> Shape:
    """(num, channels, height, width), all different; `least` (height, width) must fit, and says how many axes."""
    picked = [] if channels is None else [channels]

    def another(least: int) -> int:
        picked.append(draw(st.sampled_from([side for side in range(least, least + 6) if side not in picked])))
        return picked[-1]

    sides, num = [another(side) for side in least], another(1)
    return num, another(1) if channels is None else channels, *sides


def pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    """(height, width) pairs of options like kernel, stride and pad; mostly of two different numbers."""
    return st.tuples(st.integers(low, high), st.integers(low, high))


def sizes(axes: int, low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    """The same for images of so many axes."""
    return st.tuples(*(st.integers(low, high),) * axes)


def names(letter: str, count: int) -> tuple[str, ...]:
    """Names for blobs: `x0`, `x1`, ...

    >>> names("x", 2)
    ('x0', 'x1')
    """
    return tuple(f"{letter}{k}" for k in range(count))


def bottoms(*shapes: Shape, kind: str = "signed") -> tuple[Bottom, ...]:
    """Bottoms of these shapes, all of one kind."""
    return tuple(Bottom(shape, kind) for shape in shapes)
