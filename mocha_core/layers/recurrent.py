"""What layers share that read a sequence step by step: options, shapes, products with all steps at once."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Grads, Layer, Values
from ..plan import ParamSpec, Plan
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec
from .remembering import recall, remember


@spec(kw_only=True)
class RecurrentLayer(Layer):
    """A layer that goes through a sequence and remembers. Abstract.

    bottoms: x of shape (T, N, ...), T steps of N sequences, time first as in Caffe; the other axes are the F features.
    Data with the sequences first are turned round by `PermuteLayer(order=(1, 0, 2), ...)`.
    Optional second bottom: cont of shape (T, N), 0 where a sequence begins and 1 elsewhere; what is remembered is
    multiplied by it before the step. It gets no gradient. Without it, it is 1.
    tops: h of shape (T, N, output_dim).

    static: the bottom after cont, (N, ...), is read at every step, by a weight of its own, `weight_static`.
    states: the last bottoms, (1, N, output_dim) each, are what is remembered before the first step, and the last tops
    what is remembered after the last, so that the next forward can go on where this one ends.
    stateful: each forward goes on, where cont is 1, with what was remembered after the last step of the forward before,
    as in Caffe; gradients do not. Each phase has memories of its own, empty at first; snapshots keep them, and
    `net.predict` begins with none. They are kept under `state_key`, by default the name and the phase; two nets of one
    phase for different numbers of sequences need different ones.
    With neither of the two each forward starts with nothing remembered.

    weight_*, bias_*: initializer, regularizer, constraint, and multiplier of the learning rate, for all weights.
    bias: False for none.   param_key: under which the parameters are shared; the layer's name if empty.
    """

    output_dim: int
    static: bool = False
    states: bool = False
    stateful: bool = False
    state_key: str = ""
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

    remembers: ClassVar[tuple[str, ...]] = ("h",)

    def check_options(self) -> None:
        if self.output_dim < 1:
            raise self.refuse(f"output_dim is how many numbers come out of a step, at least 1, not {self.output_dim}")
        if self.stateful and self.states:
            raise self.refuse("with states=True what is remembered comes from blobs; leave out stateful=True")
        if self.stateful and len(self.bottoms) < 2:
            raise self.refuse("stateful=True needs the bottom cont, which says where sequences begin")
        names = [*(["static"] if self.static else []), *(self.remembers if self.states else ())]
        tops = 1 + len(self.remembers) * self.states
        if len(self.bottoms) not in ((2 + len(names),) if names else (1, 2)) or len(self.tops) != tops:
            wanted = " and ".join(["x, cont", *names] if names else ["x, or x and cont"])
            raise self.refuse(
                f"needs the bottoms {wanted}, and {tops} tops; got {len(self.bottoms)} bottoms "
                f"and {len(self.tops)} tops"
            )

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases:
            return None
        return self.replace(state_key=self.state_key or f"{self.name}/{phase}") if self.stateful else self

    def parts(self) -> tuple[Layer, ...]:
        if not self.stateful:
            return (self,)
        first, last = ([f"{self.name}/{when} {state}" for state in self.remembers] for when in ("first", "last"))
        key, names = self.state_key or f"{self.name}/state", self.remembers
        own = {"stateful": False, "state_key": "", "states": True}
        return (
            recall(self.name, self.bottoms[0], first, names, self.output_dim, key),
            self.replace(**own, bottoms=(*self.bottoms, *first), tops=(*self.tops, *last)),
            remember(self.name, [*first, *last], names, key),
        )

    def resized(self, num: int, trained: int) -> Layer:
        return self.replace(stateful=False)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        x = bottoms[0]
        if len(x.shape) < 2:
            raise self.misfit(f"{self.bottoms[0]!r} is {x}, and the layer reads (steps, sequences, features)")
        check_others(self, bottoms)
        state = x.with_shape(1, x.shape[1], self.output_dim)
        return Plan(
            tops=(x.with_shape(*x.shape[:2], self.output_dim), *(state,) * (len(self.tops) - 1)),
            params=self.parameters(*self._features(bottoms)),
            saves=frozenset({"xs", "ys"}),
            constants=(1,) if len(bottoms) > 1 else (),
        )

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        steps, num = bottoms[0].shape[:2]
        weights = (p.shape for p in self.parameters(*self._features(bottoms)) if len(p.shape) > 1)
        return 2 * steps * num * sum(map(math.prod, weights))

    def _features(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        """Of a step, and of what does not change."""
        return math.prod(bottoms[0].shape[2:]), math.prod(bottoms[2].shape[1:]) if self.static else 0

    @abstractmethod
    def parameters(self, features: int, static: int = 0) -> tuple[ParamSpec, ...]:
        """The parameters, for so many features of a step, and of what is read at every step."""

    def weight_spec(self, name: str, gates: int, inputs: int) -> ParamSpec:
        """A weight (gates * output_dim, inputs)."""
        rules = self.weight_init, self.weight_regu, self.weight_cons, self.weight_lr
        return ParamSpec(name, (gates * self.output_dim, inputs), *rules, fan_in=inputs, fan_out=self.output_dim)

    def bias_spec(self, name: str, gates: int, inputs: int) -> ParamSpec:
        """A bias (gates * output_dim,)."""
        rules = self.bias_init, self.bias_regu, self.bias_cons, self.bias_lr
        return ParamSpec(name, (gates * self.output_dim,), *rules, fan_in=inputs, fan_out=self.output_dim)

    def static_spec(self, gates: int, inputs: int) -> tuple[ParamSpec, ...]:
        """The weight of what does not change, if the layer reads such."""
        return (self.weight_spec("weight_static", gates, inputs),) if self.static else ()

    def from_x(self, xp: Any, v: Values, x: Array, bias: str) -> Array:
        """What x, and what does not change, put into each step: W x + b + W_static static."""
        sums = affine(xp, v, x, "weight_x", bias)
        return sums + affine(xp, v, _static(xp, v), "weight_static") if self.static else sums

    def first_states(self, xp: Any, v: Values) -> tuple[Array, ...]:
        """What is remembered before the first step, (N, output_dim) each."""
        x, size = v.xs[0], (v.xs[0].shape[1], self.output_dim)
        if not self.states:
            return (xp.zeros(size, dtype=x.dtype),) * len(self.remembers)
        return tuple(xp.reshape(state, size) for state in v.xs[-len(self.remembers) :])

    def last_gradients(self, xp: Any, v: Values) -> tuple[Array, ...]:
        """By what is remembered after the last step, (N, output_dim) each."""
        if not self.states:
            return (xp.zeros_like(v.dys[0][0, ...]),) * len(self.remembers)
        return tuple(dy[0, ...] for dy in v.dys[1:])

    def grads(self, xp: Any, v: Values, by_sums: Array, by_states: tuple[Array, ...], params: Any, bias: str) -> Grads:
        """All gradients, given those by `from_x`, by the first states, and by the other parameters."""
        params = params | affine_grads(xp, v, sequence(xp, v)[0], by_sums, "weight_x", bias)
        dx = xp.reshape(_rows(xp, by_sums) @ v.params["weight_x"], v.xs[0].shape) if v.wants[0] else None
        dxs = [dx, None][: len(v.xs)]
        if self.static:
            total = xp.sum(by_sums, axis=0)
            params = params | affine_grads(xp, v, _static(xp, v), total, "weight_static")
            dxs.append(xp.reshape(total @ v.params["weight_static"], v.xs[2].shape) if v.wants[2] else None)
        if self.states:
            given = zip(by_states, v.xs[len(dxs) :], v.wants[len(dxs) :], strict=True)
            dxs += [xp.reshape(dstate, state.shape) if want else None for dstate, state, want in given]
        return Grads(tuple(dxs), params)


def check_others(layer: RecurrentLayer, bottoms: tuple[BlobSpec, ...]) -> None:
    """Refuse a cont, a static blob or first states whose shapes do not fit x."""
    x, *others = bottoms
    steps, num = x.shape[:2]
    for name, cont in list(zip(layer.bottoms[1:], others, strict=True))[:1]:
        if cont.shape[:2] != (steps, num) or cont.size != steps * num:
            raise layer.misfit(
                f"{name!r} is {cont}, and {layer.bottoms[0]!r} of {x} needs {x.with_shape(steps, num)}: "
                f"for each step of each sequence, 0 where it begins and 1 elsewhere"
            )
    if layer.static and bottoms[2].shape[:1] != (num,):
        raise layer.misfit(f"{layer.bottoms[2]!r} is {bottoms[2]}; it does not change, and needs {num} sequences first")
    states = bottoms[-len(layer.remembers) :] if layer.states else ()
    for name, state in zip(layer.bottoms[-len(states) :] if states else (), states, strict=True):
        if state.size != num * layer.output_dim:
            raise layer.misfit(f"{name!r} is {state}, and a first state is {x.with_shape(1, num, layer.output_dim)}")


def sequence(xp: Any, v: Values) -> tuple[Array, Array]:
    """x as (T, N, F), and cont as (T, N, 1)."""
    x, *others = v.xs
    steps = x.shape[:2]
    x = xp.reshape(x, (*steps, math.prod(x.shape[2:])))
    return x, xp.reshape(others[0], (*steps, 1)) if others else xp.ones_like(x[..., :1])


def before(xp: Any, h: Array, first: Array) -> Array:
    """At each step, what h was at the step before; at the first, `first`."""
    return xp.concat([first[None, ...], h[:-1, ...]], axis=0)


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


def _static(xp: Any, v: Values) -> Array:
    """What does not change, as (N, S)."""
    return xp.reshape(v.xs[2], (v.xs[2].shape[0], math.prod(v.xs[2].shape[1:])))


def _rows(xp: Any, x: Array) -> Array:
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
