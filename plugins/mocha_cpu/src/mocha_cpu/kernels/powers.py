"""Powers, by square roots and products where that is exact enough and much faster than `np.power`."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Array


def power_into(x: Array, exponent: float, out: Array) -> None:
    """out = x ** exponent; `out` may be `x` itself."""
    if exponent == -0.75:
        _three_quarters(x, out)
    elif exponent in _SPECIAL:
        _SPECIAL[exponent](x, out=out)
    else:
        np.power(x, exponent, out=out)


def _three_quarters(x: Array, out: Array) -> None:
    """x^-3/4 = sqrt(1/x * sqrt(1/x)): the usual power of a local response normalisation."""
    np.reciprocal(x, out=out)
    np.sqrt(out, out=out)
    np.power(out, 1.5, out=out)


_SPECIAL = {1.0: np.positive, 2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
