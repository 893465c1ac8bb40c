"""Caffe's fillers that Mocha itself has no initializer for."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.errors import ShapeError
from mocha_core.initializers import Initializer
from mocha_core.initializers.initializer import Values
from mocha_core.plan import ParamSpec
from mocha_core.random import Stream
from mocha_core.specs import spec


@spec
class VarianceXavierInitializer(Initializer):
    """Uniform in [-s, s] with s = sqrt(3 / n) and n the outputs of a unit, or the mean of its inputs and outputs.

    As Caffe counts: inputs = size / shape[0], outputs = size / shape[1].

    >>> VarianceXavierInitializer("average")
    VarianceXavierInitializer(fan='average')
    """

    fan: str = "out"

    def check(self) -> None:
        if self.fan not in ("out", "average"):
            raise self.refuse(f'fan is "out" or "average", not {self.fan!r}; for "in" take XavierInitializer')

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        size = math.prod(param.shape)
        out = size / param.shape[1] if len(param.shape) > 1 else size
        n = out if self.fan == "out" else (size / param.shape[0] + out) / 2
        return math.sqrt(3 / n) * (2 * stream.uniform(param.shape) - 1)


@spec
class SparseGaussianInitializer(Initializer):
    """Normal, but each weight is kept with probability `sparse` / shape[0] only; the others are 0.

    >>> SparseGaussianInitializer(std=0.1, sparse=15)
    SparseGaussianInitializer(std=0.1, sparse=15)
    """

    mean: float = 0.0
    std: float = 1.0
    sparse: int = 0

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        normal = self.mean + self.std * stream.normal(param.shape)
        return np.where(stream.uniform(param.shape) < self.sparse / param.shape[0], normal, 0.0)


@spec
class UnitBallInitializer(Initializer):
    """Positive, and the numbers of each row, shape[0] of them, sum to 1: Caffe's positive_unitball.

    >>> UnitBallInitializer()
    UnitBallInitializer()
    """

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        if not param.shape:
            raise ShapeError(f"UnitBallInitializer: parameter {param.name!r} is a single number; it has no rows")
        rows = stream.uniform(param.shape).reshape(param.shape[0], -1)
        return np.asarray((rows / rows.sum(axis=1, keepdims=True)).reshape(param.shape))
