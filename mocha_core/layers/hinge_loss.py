"""The hinge loss."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .pair_loss import PairLoss


@spec(kw_only=True)
class HingeLossLayer(PairLoss):
    """loss = weight/N * sum max(0, 1 - x y), for scores x and labels y that are -1 or 1.

    bottoms: scores and labels, with the same number of elements; their shapes may differ. Where x y < 1 the gradients
    are -weight/N * y by the score and -weight/N * x by the label, elsewhere 0. With one score per class and labels of 1
    for the right class and -1 for the others this is Caffe's HingeLoss with its L1 norm. Statistics:
    `<name>-hinge-loss`, the mean per sample.

    weight: of this loss in the objective.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = HingeLossLayer(bottoms=["score", "sign"])
    >>> print(layer.forward(np, Values(xs=(np.array([[0.25], [3.0]]), np.array([[1.0], [1.0]]))))[0])
    0.375
    """

    name: str = "hinge-loss"

    statistic: ClassVar[str] = "hinge-loss"

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        return xp.maximum(1 - x * y, xp.zeros_like(x))

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        return xp.where(x * y < 1, -y, xp.zeros_like(y))

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        return xp.where(x * y < 1, -x, xp.zeros_like(x))
