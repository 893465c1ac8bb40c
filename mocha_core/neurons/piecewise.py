"""Neurons made of straight lines."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array
from ..specs import spec
from .neuron import Neuron


@spec
class Identity(Neuron):
    """y = x.

    >>> from mocha_core import Neurons
    >>> Neurons.Identity()
    Neurons.Identity()
    """

    def forward(self, xp: Any, x: Array) -> Array:
        return x

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return dy


@spec
class ReLU(Neuron):
    """y = max(epsilon, x); the slope at the kink is 0, NaN stays NaN.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.ReLU().forward(np, np.array([-2.0, 3.0]))
    array([0., 3.])
    """

    epsilon: float = 0.0

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.clip(x, self.epsilon, None)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where(y > self.epsilon, dy, xp.zeros_like(dy))


@spec
class LReLU(Neuron):
    """y = x where x > 0, else slope * x (Maas, Hannun, Ng, 2013); at the kink the slope is `slope`.

    slope: more than 0, at most 1. To learn it, take a `PReLULayer`.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.LReLU().forward(np, np.array([-2.0, 3.0]))
    array([-0.02,  3.  ])
    """

    slope: float = 0.01

    def check(self) -> None:
        if not 0 < self.slope <= 1:
            raise self.refuse(f"slope is more than 0 and at most 1, not {self.slope}; for 0 take ReLU")

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.where(x > 0, x, float(self.slope) * x)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where(y > 0, dy, float(self.slope) * dy)


@spec
class Abs(Neuron):
    """y = |x|; the slope at the kink is 0.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Abs().forward(np, np.array([-2.0, 3.0]))
    array([2., 3.])
    """

    from_input: ClassVar[bool] = True

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.abs(x)

    def backward(self, xp: Any, x: Array, dy: Array) -> Array:
        return dy * xp.sign(x)


@spec
class Clip(Neuron):
    """y = x between `low` and `high`, else the nearer of them; the slope at both kinks is 0, NaN stays NaN.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Clip(0.0, 6.0).forward(np, np.array([-2.0, 3.0, 7.0]))
    array([0., 3., 6.])
    """

    low: float = 0.0
    high: float = 1.0

    def check(self) -> None:
        if self.low >= self.high:
            raise self.refuse(f"low must be below high, not {self.low} and {self.high}")

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.clip(x, float(self.low), float(self.high))

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where((y > self.low) & (y < self.high), dy, xp.zeros_like(dy))
