"""The position of the largest element."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .labels import label_shape
from .wiring import need_top_per_bottom, resolve_class_axis


@spec(kw_only=True)
class ArgmaxLayer(Layer):
    """The position, counted from 0, of the largest element along `axis` (the first, if several), stored as a float.

    One top per bottom, with size 1 along the axis: the form of a label. There is no gradient.

    axis: as NumPy counts; not the batch.

    >>> import numpy as np
    >>> layer = ArgmaxLayer(bottoms=["ip2"], tops=["class"])
    >>> layer.forward(np, Values(xs=(np.array([[0.1, 0.9], [0.5, 0.5]]),)))[0].tolist()
    [[1.0], [0.0]]
    """

    name: str = "argmax"
    axis: int = 1

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        axes = [resolve_class_axis(self, self.axis, x) for x in bottoms]
        tops = (x.with_shape(*label_shape(x.shape, axis)) for x, axis in zip(bottoms, axes, strict=True))
        return Plan(tops=tuple(tops), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(xp.astype(xp.argmax(x, axis=self.axis, keepdims=True), x.dtype) for x in v.xs)
