"""The softmax as a layer."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops.softmax import softmax
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_top_per_bottom, resolve_class_axis


@spec(kw_only=True)
class SoftmaxLayer(Layer):
    """y = exp(x) / sum exp(x) along `axis`, for each bottom; dx = (dy - sum dy*y) * y.

    axis: of the classes, as NumPy counts; not the batch. Bottoms may differ in shape.

    >>> import numpy as np
    >>> layer = SoftmaxLayer(bottoms=["scores"], tops=["prob"])
    >>> layer.forward(np, Values(xs=(np.zeros((1, 4)),)))[0]
    array([[0.25, 0.25, 0.25, 0.25]])
    """

    name: str = "softmax"
    axis: int = 1

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        for x in bottoms:
            resolve_class_axis(self, self.axis, x)
        return Plan(tops=bottoms, saves=frozenset({"ys"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(softmax(xp, x, self.axis) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        blobs = zip(v.ys, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._gradient(xp, y, dy) if want else None for y, dy, want in blobs))

    def _gradient(self, xp: Any, y: Array, dy: Array) -> Array:
        return (dy - xp.sum(dy * y, axis=self.axis, keepdims=True)) * y
