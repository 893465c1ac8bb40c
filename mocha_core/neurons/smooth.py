"""Smooth relatives of ReLU."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..blob import Array
from ..ops.sigmoid import sigmoid
from ..specs import spec
from .neuron import Neuron


@spec
class ELU(Neuron):
    """y = x where x > 0, else alpha (e^x - 1) (Clevert, Unterthiner, Hochreiter, 2016); at 0 the slope is alpha.

    alpha: not negative; -alpha is what y tends to for very negative x.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.ELU().forward(np, np.array([-1000.0, 3.0]))
    array([-1.,  3.])
    """

    alpha: float = 1.0

    def check(self) -> None:
        if self.alpha < 0:
            raise self.refuse(f"alpha is at least 0, not {self.alpha}")

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.where(x > 0, x, float(self.alpha) * xp.expm1(xp.clip(x, None, 0.0)))

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where(y > 0, dy, dy * (y + float(self.alpha)))


@spec
class Softplus(Neuron):
    """y = log(1 + e^x), without overflow; Caffe's BNLL. Its slope is the sigmoid, 1 - e^-y.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Softplus().forward(np, np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.clip(x, 0.0, None) + xp.log1p(xp.exp(-xp.abs(x)))

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return -dy * xp.expm1(-y)


@spec
class Swish(Neuron):
    """y = x sigmoid(beta x) (Ramachandran, Zoph, Le, 2017); with beta = 1 also called SiLU.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Swish().forward(np, np.array([0.0, 1000.0]))
    array([   0., 1000.])
    """

    beta: float = 1.0

    from_input: ClassVar[bool] = True

    def forward(self, xp: Any, x: Array) -> Array:
        return x * sigmoid(xp, float(self.beta) * x)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        s = sigmoid(xp, float(self.beta) * y)
        # s (1 - s) comes first: it is 0 where y times the rest may overflow.
        return dy * (s + s * (1 - s) * y * float(self.beta))


@spec
class GELU(Neuron):
    """y = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3), which is x (1 + tanh u) / 2.

    The usual approximation, within 0.0005, of x times the normal distribution function (Hendrycks and Gimpel, 2016).

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.GELU().forward(np, np.array([-1000.0, 1000.0]))
    array([  -0., 1000.])
    """

    from_input: ClassVar[bool] = True

    FAR: ClassVar[float] = 25.0
    """Beyond, the sigmoid is 0 or 1 to the last bit, and x^3 might overflow."""
    RATE, CUBIC = math.sqrt(8 / math.pi), 0.044715

    def forward(self, xp: Any, x: Array) -> Array:
        z = xp.clip(x, -self.FAR, self.FAR)
        return x * sigmoid(xp, self.RATE * z * (1 + self.CUBIC * z * z))

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        z = xp.clip(y, -self.FAR, self.FAR)
        s = sigmoid(xp, self.RATE * z * (1 + self.CUBIC * z * z))
        # As in Swish.
        return dy * (s + s * (1 - s) * y * self.RATE * (1 + 3 * self.CUBIC * z * z))
