"""Neurons made of one exponential function, whose slope is simple in y."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from ..ops.sigmoid import sigmoid
from ..specs import spec
from .neuron import Neuron


@spec
class Sigmoid(Neuron):
    """y = 1 / (1 + e^-x), without overflow and with full relative precision for any x.

    >>> import numpy as np
    >>> from mocha_core import Neurons
    >>> Neurons.Sigmoid().forward(np, np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """

    def forward(self, xp: Any, x: Array) -> Array:
        return sigmoid(xp, x)

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
