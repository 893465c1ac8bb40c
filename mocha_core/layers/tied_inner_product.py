"""Fully connected layers with the weight of another one, turned round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..constraints import Constraint, NoCons
from ..errors import ParameterError
from ..initializers import ConstantInitializer, Initializer, NullInitializer
from ..layer import Grads, Layer, Values
from ..neurons import Identity, Neuron
from ..plan import ParamSpec, Plan
from ..regularizers import NoRegu, Regularizer
from ..specs import spec
from .features import as_rows, count_features
from .neuron import with_neuron
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class TiedInnerProductLayer(Layer):
    """y = x W + b, with W of shape (hidden, F) the weight of an `InnerProductLayer`: the decoder to that encoder.

    A bottom has `hidden` features a sample, its top is (num, F). W gets its gradient from both layers, and is
    regularised and constrained once, as the encoder says. Several bottoms have one top each and share the parameters.

    tied_param_key: the encoder's name (or its param_key, if it has one); it is in the same net, or in one built before,
    and does not store its weight transposed.
    update_tied: False for Mocha.jl's rule, by which W gets no gradient from this layer; the gradient of the whole net
    is then not the true one.
    output_dim: F, which the encoder says; there is no need to repeat it.
    bias, bias_*, param_key, neuron: as in `InnerProductLayer`; the bias is the layer's own.

    >>> TiedInnerProductLayer(name="decode", tied_param_key="encode", bottoms=["hidden"], tops=["out"])
    TiedInnerProductLayer(name='decode', bottoms=('hidden',), tops=('out',), tied_param_key='encode')
    """

    tied_param_key: str
    update_tied: bool = True
    output_dim: int = 0
    param_key: str = ""
    bias: bool = True
    bias_init: Initializer = ConstantInitializer(0.0)
    bias_regu: Regularizer = NoRegu()
    bias_cons: Constraint = NoCons()
    bias_lr: float = 2.0
    neuron: Neuron = Identity()

    def check_options(self) -> None:
        if not self.tied_param_key or self.tied_param_key == self.key:
            raise self.refuse(f"tied_param_key={self.tied_param_key!r} must be the name of another layer, the encoder")
        if self.output_dim < 0:
            raise self.refuse(f"output_dim is how many numbers come out, not {self.output_dim}; leave it out")
        need_top_per_bottom(self)

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron)

    def borrowing(self, shapes: Mapping[tuple[str, str], Shape]) -> Layer:
        tied = shapes.get((self.tied_param_key, "weight"), ())
        return self.replace(output_dim=tied[1]) if len(tied) == 2 and not self.output_dim else self

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        hidden = count_features(self, bottoms)
        if not self.output_dim:
            raise ParameterError(
                f"layer {self.name!r} (TiedInnerProductLayer): there is no parameter {self.tied_param_key}___weight to "
                f"share; the layer {self.tied_param_key!r} must come before it, or be in a net built before"
            )
        tops = tuple(b.with_shape(b.shape[0], self.output_dim) for b in bottoms)
        return Plan(tops=tops, params=self._params(hidden), saves=frozenset({"xs"}))

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        return 2 * self.output_dim * sum(b.size for b in bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        weight = v.params["weight"]
        ys = [as_rows(xp, x) @ weight for x in v.xs]
        return tuple(y + v.params["bias"] for y in ys) if self.bias else tuple(ys)

    def backward(self, xp: Any, v: Values) -> Grads:
        weight, grads = v.params["weight"], {}
        wanted = zip(v.xs, v.dys, v.wants, strict=True)
        dxs = tuple(xp.reshape(dy @ weight.T, x.shape) if want else None for x, dy, want in wanted)
        if self.update_tied:
            grads["weight"] = sum(as_rows(xp, x).T @ dy for x, dy in zip(v.xs, v.dys, strict=True))
        if self.bias:
            grads["bias"] = sum(xp.sum(dy, axis=0, keepdims=True) for dy in v.dys)
        return Grads(dxs, grads)

    def _params(self, hidden: int) -> tuple[ParamSpec, ...]:
        weight = ParamSpec(
            "weight",
            (hidden, self.output_dim),
            NullInitializer(),
            NoRegu(),
            NoCons(),
            trained=self.update_tied,
            owner=self.tied_param_key,
        )
        bias = ParamSpec(
            "bias",
            (1, self.output_dim),
            self.bias_init,
            self.bias_regu,
            self.bias_cons,
            self.bias_lr,
            fan_in=hidden,
            fan_out=self.output_dim,
        )
        return (weight, bias) if self.bias else (weight,)
