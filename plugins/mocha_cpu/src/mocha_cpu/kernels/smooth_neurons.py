"""In-place bodies of the smooth relatives of ReLU; see `neurons`."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mocha_core.blob import Array

from .neuron_body import Body


class ELU(Body):
    def forward(self, x: Array, y: Array) -> None:
        work = self.work[: x.size]
        np.minimum(x, 0, out=work)
        np.expm1(work, out=work)
        np.multiply(work, self.neuron.alpha, out=work)
        np.maximum(x, 0, out=y)
        np.add(y, work, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        work, mask = self.work[: y.size], self.mask[: y.size]
        np.add(y, self.neuron.alpha, out=work)
        np.greater(y, 0, out=mask)
        np.copyto(work, 1, where=mask)
        np.multiply(dy, work, out=dx)


class Softplus(Body):
    def forward(self, x: Array, y: Array) -> None:
        work = self.work[: x.size]
        np.abs(x, out=work)
        np.negative(work, out=work)
        np.exp(work, out=work)
        np.log1p(work, out=work)
        np.maximum(x, 0, out=y)
        np.add(y, work, out=y)

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        work = self.work[: y.size]
        np.negative(y, out=work)
        np.expm1(work, out=work)
        np.negative(work, out=work)
        np.multiply(dy, work, out=dx)


class Swish(Body):
    works: ClassVar[int] = 2

    def forward(self, x: Array, y: Array) -> None:
        z, s = self.pieces(x.size)
        np.multiply(x, self.neuron.beta, out=z)
        _sigmoid(z, s)
        np.multiply(x, s, out=y)

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        z, s = self.pieces(x.size)
        np.multiply(x, self.neuron.beta, out=z)
        _sigmoid(z, s)
        np.subtract(1, s, out=z)
        np.multiply(z, s, out=z)
        np.multiply(z, x, out=z)
        np.multiply(z, self.neuron.beta, out=z)
        np.add(z, s, out=z)
        np.multiply(dy, z, out=dx)


class GELU(Body):
    works: ClassVar[int] = 3

    def forward(self, x: Array, y: Array) -> None:
        z, s, square = self.pieces(x.size)
        self._gate(x, z, s, square)
        np.multiply(x, s, out=y)

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        z, s, square = self.pieces(x.size)
        self._gate(x, z, s, square)
        np.multiply(square, 3 * self.neuron.CUBIC * self.neuron.RATE, out=square)
        np.add(square, self.neuron.RATE, out=square)
        np.subtract(1, s, out=z)
        np.multiply(z, s, out=z)
        np.multiply(z, x, out=z)
        np.multiply(z, square, out=z)
        np.add(z, s, out=z)
        np.multiply(dy, z, out=dx)

    def _gate(self, x: Array, z: Array, s: Array, square: Array) -> None:
        """s = sigmoid(2u), and the square of x; z is spent."""
        np.clip(x, -self.neuron.FAR, self.neuron.FAR, out=z)
        np.multiply(z, z, out=square)
        np.multiply(square, self.neuron.CUBIC, out=s)
        np.add(s, 1, out=s)
        np.multiply(s, z, out=z)
        np.multiply(z, self.neuron.RATE, out=z)
        _sigmoid(z, s)


def _sigmoid(z: Array, s: Array) -> None:
    """s = e^min(z, 0) / (1 + e^-|z|): no overflow, and full relative precision; z is spent."""
    np.minimum(z, 0, out=s)
    np.exp(s, out=s)
    np.abs(z, out=z)
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=z)
    np.divide(s, z, out=s)
