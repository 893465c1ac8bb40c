"""Initializers: the first values of a parameter, drawn on the host and so the same on every backend."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .errors import OptionError, ShapeError
from .specs import Spec, spec

if TYPE_CHECKING:
    from .plan import ParamSpec
    from .random import Stream

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


class Initializer(Spec, ABC):
    """How a parameter starts. A new one is a `@spec` with this one method."""

    __slots__ = ()

    @abstractmethod
    def values(self, param: ParamSpec, stream: Stream) -> Values:
        """Float64 values of shape `param.shape`; all randomness comes from `stream`."""


@spec
class NullInitializer(Initializer):
    """For a parameter whose values come from elsewhere (a loaded model): zeros until then.

    >>> from mocha_core import NullInitializer
    >>> NullInitializer()
    NullInitializer()
    """

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return np.zeros(param.shape)


@spec
class ConstantInitializer(Initializer):
    """Every element is `value`.

    >>> from mocha_core import ConstantInitializer
    >>> ConstantInitializer(0.1)
    ConstantInitializer(value=0.1)
    """

    value: float = 0.0

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return np.full(param.shape, float(self.value))


@spec
class XavierInitializer(Initializer):
    """Uniform in [-s, s] with s = sqrt(3 / fan_in), that is, variance 1 / fan_in (Glorot and Bengio, 2010).

    fan_in: inputs of one unit; F for an inner product, channels / groups x height x width for a convolution.

    >>> from mocha_core import XavierInitializer
    >>> XavierInitializer()
    XavierInitializer()
    """

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        s = math.sqrt(3 / param.fan_in)
        return s * (2 * stream.uniform(param.shape) - 1)


@spec
class GaussianInitializer(Initializer):
    """Normal with this mean and standard deviation.

    >>> from mocha_core import GaussianInitializer
    >>> GaussianInitializer(std=0.01)
    GaussianInitializer(std=0.01)
    """

    mean: float = 0.0
    std: float = 1.0

    def check(self) -> None:
        if not self.std >= 0:
            raise OptionError(f"GaussianInitializer: std is at least 0, not {self.std}")

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return self.mean + self.std * stream.normal(param.shape)


@spec
class OrthogonalInitializer(Initializer):
    """A random matrix with orthonormal rows or columns, whichever are fewer, times `gain` (Saxe et al., 2013).

    The parameter counts as the matrix (units, everything else): (out, F), or (n_filter, channels x height x width).

    >>> from mocha_core import OrthogonalInitializer
    >>> OrthogonalInitializer(gain=2.0)
    OrthogonalInitializer(gain=2.0)
    """

    gain: float = 1.0

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        if len(param.shape) < 2:
            raise ShapeError(
                f"OrthogonalInitializer: parameter {param.name!r} of shape {param.shape} is no matrix; "
                f"it needs at least 2 dimensions, use GaussianInitializer for vectors"
            )
        rows, columns = param.shape[0], math.prod(param.shape[1:])
        tall = stream.normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)  # signs of r fixed: uniform over all orthogonal matrices
        matrix = q if rows >= columns else q.T
        return self.gain * matrix.reshape(param.shape)
