"""Numbers of words as vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..admitted import Admitted, whole
from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Grads, Layer, Values
from ..ops import add_rows, take_rows
from ..plan import ParamSpec, Plan
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec
from .wiring import need_blobs


@spec(kw_only=True)
class EmbeddingLayer(Layer):
    """y[..., :] = W[x[...], :] + b: a row of W, of shape (input_dim, output_dim), for each number in the bottom.

    The bottom, of any shape, holds whole numbers from 0, stored as floats; it gets no gradient. Numbers from data and
    inputs are checked, a wrong one is a `DataError`; those that layers compute are rounded, and for one that is no row
    the top is NaN. The top has the bottom's shape and one more axis.

    input_dim: how many rows there are.   output_dim: how long a row is.   bias: False for none.
    weight_*, bias_*, param_key: as in `InnerProductLayer`; the initializer sees output_dim inputs per unit.

    >>> layer = EmbeddingLayer(name="words", input_dim=5000, output_dim=64, bottoms=["data"], tops=["vectors"])
    >>> layer.plan((BlobSpec((32, 20)),)).tops[0].shape
    (32, 20, 64)
    """

    input_dim: int
    output_dim: int
    param_key: str = ""
    bias: bool = True
    weight_init: Initializer = XavierInitializer()
    bias_init: Initializer = ConstantInitializer(0.0)
    weight_regu: Regularizer = L2Regu(1.0)
    bias_regu: Regularizer = NoRegu()
    weight_cons: Constraint = NoCons()
    bias_cons: Constraint = NoCons()
    weight_lr: float = 1.0
    bias_lr: float = 2.0

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.input_dim < 1 or self.output_dim < 1:
            raise self.refuse(f"input_dim={self.input_dim} and output_dim={self.output_dim} must be at least 1")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        top = x.with_shape(*x.shape, self.output_dim)
        return Plan(tops=(top,), params=self._params(), saves=frozenset({"xs"}), constants=(0,))

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 0, self.input_dim

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        return {0: whole(self.input_dim, f"the table has input_dim={self.input_dim} rows", noun="row number")}

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        rows = take_rows(xp, v.params["weight"], xp.reshape(x, (-1,)))
        y = xp.reshape(rows, (*x.shape, self.output_dim))
        return (y + v.params["bias"],) if self.bias else (y,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        rows = xp.reshape(dy, (math.prod(x.shape), self.output_dim))
        grads = {"weight": add_rows(xp, rows, xp.reshape(x, (-1,)), self.input_dim)}
        if self.bias:
            grads["bias"] = xp.sum(rows, axis=0)
        return Grads((None,), grads)

    def _params(self) -> tuple[ParamSpec, ...]:
        weight = ParamSpec(
            "weight",
            (self.input_dim, self.output_dim),
            self.weight_init,
            self.weight_regu,
            self.weight_cons,
            self.weight_lr,
            fan_in=self.output_dim,
            fan_out=self.output_dim,
        )
        bias = ParamSpec(
            "bias",
            (self.output_dim,),
            self.bias_init,
            self.bias_regu,
            self.bias_cons,
            self.bias_lr,
            fan_in=self.output_dim,
            fan_out=self.output_dim,
        )
        return (weight, bias) if self.bias else (weight,)
