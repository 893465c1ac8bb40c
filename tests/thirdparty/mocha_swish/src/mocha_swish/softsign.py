"""A neuron."""

from __future__ import annotations

from typing import Any

from mocha_core import Neuron, spec


@spec
class SoftSign(Neuron):
    """y = x / (1 + |x|) (Bergstra, Desjardins, Lamblin, Bengio, 2009); f'(x) = (1 - |y|)^2.

    >>> import numpy as np
    >>> SoftSign().forward(np, np.array([-1.0, 0.0, 3.0]))
    array([-0.5 ,  0.  ,  0.75])
    """

    def forward(self, xp: Any, x: Any) -> Any:
        return x / (1.0 + xp.abs(x))

    def backward(self, xp: Any, y: Any, dy: Any) -> Any:
        return dy * (1.0 - xp.abs(y)) ** 2.0
