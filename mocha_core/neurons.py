"""Neurons: activation functions, applied element by element to the output of a layer.

A neuron's backward reads its *output* only, so it may overwrite its input, and needs no memory of its own.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from .blob import Array
from .errors import OptionError
from .specs import Spec, namespace, spec


class Neuron(Spec, ABC):
    """An activation y = f(x). A new one is a `@spec` with these two methods, in array-API functions only."""

    __slots__ = ()

    @abstractmethod
    def forward(self, xp: Any, x: Array) -> Array:
        """y = f(x); `x` is left alone."""

    @abstractmethod
    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        """dx = dy * f'(x), with f'(x) written as a function of y = f(x)."""


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

    def check(self) -> None:
        if not math.isfinite(self.epsilon):
            raise OptionError(f"ReLU: epsilon is the floor of the output, a finite number, not {self.epsilon}")

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.clip(x, self.epsilon, None)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where(y > self.epsilon, dy, xp.zeros_like(dy))


@spec
class LReLU(Neuron):
    """y = x where x > 0, else 0.01 x (Maas, Hannun, Ng, 2013); the slope at the kink is 0.01.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.LReLU().forward(np, np.array([-2.0, 3.0]))
    array([-0.02,  3.  ])
    """

    slope: ClassVar[float] = 0.01

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.where(x > 0, x, self.slope * x)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return xp.where(y > 0, dy, self.slope * dy)


@spec
class Sigmoid(Neuron):
    """y = 1 / (1 + e^-x), without overflow and with full relative precision for any x.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Sigmoid().forward(np, np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """

    def forward(self, xp: Any, x: Array) -> Array:
        e = xp.exp(-xp.abs(x))
        return xp.where(x >= 0, xp.ones_like(x), e) / (1 + e)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return dy * y * (1 - y)


@spec
class Tanh(Neuron):
    """y = tanh x.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Tanh().forward(np, np.array([0.0]))
    array([0.])
    """

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.tanh(x)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return dy * (1 - y * y)


@spec
class Exponential(Neuron):
    """y = e^x.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Exponential().forward(np, np.array([0.0]))
    array([1.])
    """

    def forward(self, xp: Any, x: Array) -> Array:
        return xp.exp(x)

    def backward(self, xp: Any, y: Array, dy: Array) -> Array:
        return dy * y


@namespace
class Neurons:
    """The neurons by the names that users write: `neuron=Neurons.ReLU()`."""

    Identity = Identity
    ReLU = ReLU
    LReLU = LReLU
    Sigmoid = Sigmoid
    Tanh = Tanh
    Exponential = Exponential
