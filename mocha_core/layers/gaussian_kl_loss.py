"""How far Gaussians are from the standard normal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .losses import FLOOR
from .pair_loss import PairLoss


@spec(kw_only=True)
class GaussianKLLossLayer(PairLoss):
    """loss = weight/(2N) * sum mu^2 + sigma^2 - 2 log sigma - 1, the divergence of N(mu, sigma^2) from N(0, 1).

    bottoms: means mu and standard deviations sigma, with the same number of elements. The gradients are weight/N * mu
    and weight/N * (sigma - 1/sigma); in the logarithm and the quotient sigma is taken as at least 1e-20. Statistics:
    `<name>-encoder-loss`, the mean per sample. Source: Kingma and Welling, "Auto-Encoding Variational Bayes", 2014.

    weight, loss_weight: of this loss in the objective; its value has the former alone.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = GaussianKLLossLayer(bottoms=["mu", "sigma"])
    >>> print(layer.forward(np, Values(xs=(np.array([[3.0, 0.0]]), np.ones((1, 2)))))[0])
    4.5
    """

    name: str = "gauss-kl-loss"
    bottoms: Sequence[str] = ("mu", "sigma")

    statistic: ClassVar[str] = "encoder-loss"

    def f(self, xp: Any, x: Array, y: Array) -> Array:
        mu, sigma = x, y
        return (mu * mu + sigma * sigma - 1) / 2 - xp.log(_positive(xp, sigma))

    def dx(self, xp: Any, x: Array, y: Array) -> Array:
        return x

    def dy(self, xp: Any, x: Array, y: Array) -> Array:
        return y - 1 / _positive(xp, y)


def _positive(xp: Any, sigma: Array) -> Array:
    return xp.maximum(sigma, xp.full_like(sigma, FLOOR))
