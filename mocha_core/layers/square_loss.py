"""The square loss."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .pair_loss import PairLoss


@spec(kw_only=True)
class SquareLossLayer(PairLoss):
    """loss = weight/(2N) * sum (x - y)^2, for the prediction x and the label y of N samples.

    bottoms: prediction and label, with the same number of elements; their shapes may differ. The gradients are
    weight/N * (x - y) by the prediction and the opposite by the label. Statistics: `<name>-square-loss`, the mean per
    sample.

    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = SquareLossLayer(bottoms=["ip2", "target"])
    >>> x, y = np.array([[1.0, 5.0], [0.0, 0.0]]), np.array([[0.0, 2.0], [0.0, 0.0]])
    >>> print(layer.forward(np, Values(xs=(x, y)))[0])
    2.5
    """

    name: str = "square-loss"

    statistic: ClassVar[str] = "square-loss"

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        return (x - y) * (x - y) / 2

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        return x - y

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        return y - x
