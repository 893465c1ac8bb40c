"""Class numbers as one-hot codes."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..ops import one_hot
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_class_axis


@spec(kw_only=True)
class Index2OnehotLayer(Layer):
    """y is 1 where the position along `axis` is the number that the bottom holds there, else 0.

    A bottom holds class numbers from 0, stored as floats, with size 1 along the axis; its top has size `n_class` there.
    Numbers from data and inputs are checked, a wrong one is a `DataError`; those that layers compute are rounded, and
    one that is no class gives zeros only. There is no gradient.

    n_class: how many classes there are.   axis: as NumPy counts; not the batch.

    >>> import numpy as np
    >>> layer = Index2OnehotLayer(n_class=3, bottoms=["label"], tops=["onehot"])
    >>> layer.forward(np, Values(xs=(np.array([[2.0], [0.0]]),)))[0].tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """

    name: str = "index2onehot"
    n_class: int
    axis: int = 1

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_top_per_bottom(self)
        if self.n_class < 1:
            raise self.refuse(f"n_class is how many classes there are, at least 1, not {self.n_class}")

    def parts(self) -> tuple[Layer, ...]:
        """One layer per bottom: each has labels of its own to check."""
        if len(self.bottoms) == 1:
            return (self,)
        pairs = enumerate(zip(self.bottoms, self.tops, strict=True))
        return tuple(self.replace(name=f"{self.name}/{k}", bottoms=(x,), tops=(y,)) for k, (x, y) in pairs)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        axis = resolve_class_axis(self, self.axis, x)
        if x.shape[axis] != 1:
            raise self.misfit(f"{x} must have size 1 along axis {self.axis}, where the {self.n_class} classes will lie")
        top = x.with_shape(*x.shape[:axis], self.n_class, *x.shape[axis + 1 :])
        return Plan(tops=(top,), saves=frozenset())

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 0, self.n_class

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (one_hot(xp, x, self.n_class, self.axis),)
