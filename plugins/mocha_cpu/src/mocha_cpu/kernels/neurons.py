"""In-place bodies of the neurons. Each reads its input before the first write to its output, which may be the input."""

from __future__ import annotations

import numpy as np

from mocha_core import neurons
from mocha_core.blob import Array

from .neuron_body import Body
from .smooth_neurons import ELU, GELU, Softplus, Swish

INTEGERS = {"float32": "int32", "float64": "int64"}
"""Of the same width."""


class ReLU(Body):
    def forward(self, x: Array, y: Array) -> None:
        np.maximum(x, self.neuron.epsilon, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        """Keeps the bits of dy where y > epsilon: a NaN elsewhere becomes 0, as it should."""
        mask, integer = self.mask[: y.size], INTEGERS[str(y.dtype)]
        bits = self.work[: y.size].view(integer)
        np.greater(y, self.neuron.epsilon, out=mask)
        np.negative(mask.view("int8"), out=bits)
        np.bitwise_and(dy.view(integer), bits, out=dx.view(integer))


class LReLU(Body):
    def forward(self, x: Array, y: Array) -> None:
        work = self.work[: x.size]
        np.multiply(x, self.neuron.slope, out=work)
        np.maximum(x, work, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        mask, work = self.mask[: y.size], self.work[: y.size]
        np.greater(y, 0, out=mask)
        np.copyto(work, mask)
        np.maximum(work, self.neuron.slope, out=work)
        np.multiply(dy, work, out=dx)


class Sigmoid(Body):
    def forward(self, x: Array, y: Array) -> None:
        """e^min(x, 0) / (1 + e^-|x|): no overflow, and full relative precision on both sides."""
        work = self.work[: x.size]
        np.abs(x, out=work)
        np.negative(work, out=work)
        np.exp(work, out=work)
        np.add(work, 1, out=work)
        np.minimum(x, 0, out=y)
        np.exp(y, out=y)
        np.divide(y, work, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        work = self.work[: y.size]
        np.subtract(1, y, out=work)
        np.multiply(work, y, out=work)
        np.multiply(dy, work, out=dx)


class Tanh(Body):
    def forward(self, x: Array, y: Array) -> None:
        np.tanh(x, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        work = self.work[: y.size]
        np.multiply(y, y, out=work)
        np.subtract(1, work, out=work)
        np.multiply(dy, work, out=dx)


class Abs(Body):
    def forward(self, x: Array, y: Array) -> None:
        np.abs(x, out=y)

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        work = self.work[: x.size]
        np.sign(x, out=work)
        np.multiply(dy, work, out=dx)


class Clip(Body):
    def forward(self, x: Array, y: Array) -> None:
        np.clip(x, self.neuron.low, self.neuron.high, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        """dy where low < y < high; a NaN elsewhere becomes 0, as it should."""
        mask, work = self.mask[: y.size], self.work[: y.size]
        work.fill(0)
        np.greater(y, self.neuron.low, out=mask)
        np.copyto(work, dy, where=mask)
        np.less(y, self.neuron.high, out=mask)
        dx.fill(0)
        np.copyto(dx, work, where=mask)


class Exponential(Body):
    def forward(self, x: Array, y: Array) -> None:
        np.exp(x, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        np.multiply(dy, y, out=dx)


BODIES: dict[type, type[Body]] = {
    neurons.Identity: Body,
    neurons.ReLU: ReLU,
    neurons.LReLU: LReLU,
    neurons.Sigmoid: Sigmoid,
    neurons.Tanh: Tanh,
    neurons.Exponential: Exponential,
    neurons.Abs: Abs,
    neurons.Clip: Clip,
    neurons.ELU: ELU,
    neurons.Softplus: Softplus,
    neurons.Swish: Swish,
    neurons.GELU: GELU,
}
