"""Fully connected layers."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Grads, Layer, Values
from ..neurons import Identity, Neuron
from ..plan import ParamSpec, Plan
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec
from .features import as_rows, count_features
from .neuron import with_neuron
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class InnerProductLayer(Layer):
    """y = x W' + b, with x a bottom seen as (num, F), W of shape (output_dim, F), b of shape (1, output_dim).

    Each bottom has its top (num, output_dim); all share the parameters `weight` and `bias`, whose gradients are summed
    over the bottoms. Batch sizes may differ, F may not.

    axis: where the F features begin, as NumPy counts; the axes before it are kept, so that a bottom (num, T, F) with
    axis=2 has the top (num, T, output_dim).   transposed: W is stored as (F, output_dim).
    weight_*, bias_*: initializer, regularizer, constraint, and multiplier of the learning rate.   bias: False for none.
    param_key: under which the parameters are shared; the layer's name if empty.

    >>> from mocha_core import InnerProductLayer, Neurons
    >>> InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"])
    InnerProductLayer(name='ip1', bottoms=('pool2',), tops=('ip1',), output_dim=500, neuron=Neurons.ReLU())
    """

    output_dim: int
    axis: int = 1
    transposed: bool = False
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
    neuron: Neuron = Identity()

    def check_options(self) -> None:
        if self.output_dim < 1:
            raise self.refuse(f"output_dim is how many numbers come out, at least 1, not {self.output_dim}")
        need_top_per_bottom(self)

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        features = count_features(self, bottoms, self.axis)
        tops = tuple(b.with_shape(*self._top(b.shape)) for b in bottoms)
        return Plan(tops=tops, params=self._params(features), saves=frozenset({"xs"}))

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        return 2 * self.output_dim * sum(b.size for b in bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        weight = self._weight(v)
        ys = [xp.reshape(as_rows(xp, x, self.axis) @ weight.T, self._top(x.shape)) for x in v.xs]
        return tuple(y + v.params["bias"] for y in ys) if self.bias else tuple(ys)

    def backward(self, xp: Any, v: Values) -> Grads:
        weight, dys = self._weight(v), [as_rows(xp, dy, -1) for dy in v.dys]
        wanted = zip(v.xs, dys, v.wants, strict=True)
        dxs = tuple(xp.reshape(dy @ weight, x.shape) if want else None for x, dy, want in wanted)
        dweight = sum(dy.T @ as_rows(xp, x, self.axis) for x, dy in zip(v.xs, dys, strict=True))
        grads = {"weight": dweight.T if self.transposed else dweight}
        if self.bias:
            grads["bias"] = sum(xp.sum(dy, axis=0, keepdims=True) for dy in dys)
        return Grads(dxs, grads)

    def _weight(self, v: Values) -> Array:
        """As (output_dim, F)."""
        weight = v.params["weight"]
        return weight.T if self.transposed else weight

    def _top(self, shape: Shape) -> Shape:
        return *shape[: self.axis % len(shape)], self.output_dim

    def _params(self, features: int) -> tuple[ParamSpec, ...]:
        weight = ParamSpec(
            "weight",
            (features, self.output_dim) if self.transposed else (self.output_dim, features),
            self.weight_init,
            self.weight_regu,
            self.weight_cons,
            self.weight_lr,
            fan_in=features,
            fan_out=self.output_dim,
        )
        bias = ParamSpec(
            "bias",
            (1, self.output_dim),
            self.bias_init,
            self.bias_regu,
            self.bias_cons,
            self.bias_lr,
            fan_in=features,
            fan_out=self.output_dim,
        )
        return (weight, bias) if self.bias else (weight,)
