"""Powers, by square roots and products where that is exact enough and much faster than `np.power`."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Array


def power_into(x: Array, exponent: float, out: Array) -> None:
    """out = x ** exponent; `out` may be `x` itself."""
    if exponent in _SPECIAL:
        _SPECIAL[exponent](x, out=out)
    else:
        np.power(x, exponent, out=out)


def inverse_power_into(x: Array, exponent: float, out: Array, spare: Array) -> None:
    """out = x ** -exponent for x > 0, arrays apart. Exponent 3/4, usual in normalisation, is sqrt x * sqrt sqrt x."""
    if exponent == 0.75:
        np.sqrt(x, out=out)
        np.sqrt(out, out=spare)
        np.multiply(out, spare, out=out)
        np.reciprocal(out, out=out)
    else:
        power_into(x, -exponent, out)


_SPECIAL = {1.0: np.positive, 2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
