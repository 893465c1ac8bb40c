"""What layers share that read a sequence step by step: options, shapes, products with all steps at once."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Layer, Values
from ..plan import ParamSpec, Plan
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec


@spec(kw_only=True)
class RecurrentLayer(Layer):
    """A layer that goes through a sequence and remembers. Abstract.

    bottoms: x of shape (T, N, ...), T steps of N sequences, time first as in Caffe; the other axes are the F features.
    Data with the sequences first are turned round by `PermuteLayer(order=(1, 0, 2), ...)`.
    Optional second bottom: cont of shape (T, N), 0 where a sequence begins and 1 elsewhere; what is remembered is
    multiplied by it before the step. It gets no gradient. Without it, it is 1.
    tops: h of shape (T, N, output_dim).

    Each forward starts with nothing remembered. (Caffe goes on with the end of the forward before where cont is 1.)

    weight_*, bias_*: initializer, regularizer, constraint, and multiplier of the learning rate, for both weights.
    bias: False for none.   param_key: under which the parameters are shared; the layer's name if empty.
    """

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
        if self.output_dim < 1:
            raise self.refuse(f"output_dim is how many numbers come out of a step, at least 1, not {self.output_dim}")
        if len(self.bottoms) not in (1, 2) or len(self.tops) != 1:
            raise self.refuse(
                f"needs the bottom x, or x and cont, and one top; got {len(self.bottoms)} bottoms "
                f"and {len(self.tops)} tops"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        x = bottoms[0]
        if len(x.shape) < 2:
            raise self.misfit(f"{self.bottoms[0]!r} is {x}, and the layer reads (steps, sequences, features)")
        _check_cont(self, bottoms)
        return Plan(
            tops=(x.with_shape(*x.shape[:2], self.output_dim),),
            params=self.parameters(math.prod(x.shape[2:])),
            saves=frozenset({"xs", "ys"}),
            constants=tuple(range(1, len(bottoms))),
        )

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        steps, num, *features = bottoms[0].shape
        weights = (p.shape for p in self.parameters(math.prod(features)) if len(p.shape) > 1)
        return 2 * steps * num * sum(map(math.prod, weights))

    @abstractmethod
    def parameters(self, features: int) -> tuple[ParamSpec, ...]:
        """The parameters, for so many features of a step."""

    def weight_spec(self, name: str, gates: int, inputs: int) -> ParamSpec:
        """A weight (gates * output_dim, inputs)."""
        rules = self.weight_init, self.weight_regu, self.weight_cons, self.weight_lr
        return ParamSpec(name, (gates * self.output_dim, inputs), *rules, fan_in=inputs, fan_out=self.output_dim)

    def bias_spec(self, name: str, gates: int, inputs: int) -> ParamSpec:
        """A bias (gates * output_dim,)."""
        rules = self.bias_init, self.bias_regu, self.bias_cons, self.bias_lr
        return ParamSpec(name, (gates * self.output_dim,), *rules, fan_in=inputs, fan_out=self.output_dim)


def _check_cont(layer: RecurrentLayer, bottoms: tuple[BlobSpec, ...]) -> None:
    x, *others = bottoms
    for name, cont in zip(layer.bottoms[1:], others, strict=True):
        if cont.shape[:2] != x.shape[:2] or cont.size != math.prod(x.shape[:2]):
            raise layer.misfit(
                f"{name!r} is {cont}, and {layer.bottoms[0]!r} of {x} needs {x.with_shape(*x.shape[:2])}: "
                f"for each step of each sequence, 0 where it begins and 1 elsewhere"
            )


def sequence(xp: Any, v: Values) -> tuple[Array, Array]:
    """x as (T, N, F), and cont as (T, N, 1)."""
    x, *others = v.xs
    steps = x.shape[:2]
    x = xp.reshape(x, (*steps, math.prod(x.shape[2:])))
    return x, xp.reshape(others[0], (*steps, 1)) if others else xp.ones_like(x[..., :1])


def before(xp: Any, h: Array) -> Array:
    """At each step, what h was at the step before; at the first, zero."""
    return xp.concat([xp.zeros_like(h[:1, ...]), h[:-1, ...]], axis=0)


def over_time(*arrays: Array) -> list[tuple[Array, ...]]:
    """The arrays step by step."""
    return [tuple(array[t, ...] for array in arrays) for t in range(arrays[0].shape[0])]


def pieces(gates: Array, size: int) -> tuple[Array, ...]:
    """The last axis in pieces of this size."""
    return tuple(gates[..., start : start + size] for start in range(0, gates.shape[-1], size))


def affine(xp: Any, v: Values, x: Array, weight: str, bias: str = "") -> Array:
    """W x + b for each x along the last axis, in one product; no b if the layer has no such parameter."""
    y = xp.reshape(_rows(xp, x) @ v.params[weight].T, (*x.shape[:-1], v.params[weight].shape[0]))
    return y + v.params[bias] if bias in v.params else y


def affine_grads(xp: Any, v: Values, x: Array, dy: Array, weight: str, bias: str = "") -> dict[str, Array]:
    """The gradients by the parameters of `affine`, given that by its result."""
    rows = _rows(xp, dy)
    by_bias = {bias: xp.sum(rows, axis=0)} if bias in v.params else {}
    return {weight: rows.T @ _rows(xp, x)} | by_bias


def by_bottoms(xp: Any, v: Values, dy: Array) -> tuple[Array | None, ...]:
    """The gradients by the bottoms, given that by `affine` of x; cont has none."""
    dx = xp.reshape(_rows(xp, dy) @ v.params["weight_x"], v.xs[0].shape) if v.wants[0] else None
    return (dx, None)[: len(v.xs)]


def _rows(xp: Any, x: Array) -> Array:
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
