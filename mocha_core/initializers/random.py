"""Initializers that draw each element by itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from ..specs import spec
from .initializer import Initializer, Values

if TYPE_CHECKING:
    from ..plan import ParamSpec
    from ..random import Stream


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
class MsraInitializer(Initializer):
    """Normal with mean 0 and variance 2 / fan: keeps the size of signals behind ReLUs (He, Zhang, Ren, Sun, 2015).

    fan: "in", inputs of one unit, for the forward direction; "out", outputs of one unit, for the gradients; "average"
    of both.

    >>> from mocha_core import MsraInitializer
    >>> MsraInitializer()
    MsraInitializer()
    """

    fan: Literal["in", "out", "average"] = "in"

    def check(self) -> None:
        if self.fan not in ("in", "out", "average"):
            raise self.refuse(f'fan is "in", "out" or "average", not {self.fan!r}')

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        fans = {"in": param.fan_in, "out": param.fan_out, "average": (param.fan_in + param.fan_out) / 2}
        return math.sqrt(2 / fans[self.fan]) * stream.normal(param.shape)


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
        if self.std < 0:
            raise self.refuse(f"std is at least 0, not {self.std}")

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return self.mean + self.std * stream.normal(param.shape)


@spec
class UniformInitializer(Initializer):
    """Uniform between `low` and `high`.

    >>> from mocha_core import UniformInitializer
    >>> UniformInitializer(-0.1, 0.1)
    UniformInitializer(low=-0.1, high=0.1)
    """

    low: float = 0.0
    high: float = 1.0

    def check(self) -> None:
        if self.low > self.high:
            raise self.refuse(f"low must not be above high, not {self.low} and {self.high}")

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return self.low + (self.high - self.low) * stream.uniform(param.shape)
