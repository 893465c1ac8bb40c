"""Learned or computed factors along some axes of a blob."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer
from ..layer import Grads, Layer, Values
from ..plan import ParamSpec, Plan
from ..regularizers import NoRegu, Regularizer
from ..specs import spec
from .placing import Place, check_placed, placed


@spec(kw_only=True)
class ScaleLayer(Layer):
    """y = scale * x + bias, with one factor (and one bias) for each channel, or for each place along other axes.

    With one bottom, `scale` is a parameter of shape x.shape[axis : axis + num_axes]. With two, the second bottom is the
    scale: its axes are those of x from `axis` on. The top has the shape of x.

    axis: the first axis along which factors differ, as NumPy counts.   num_axes: how many axes; -1 for all from there,
    0 for one factor for everything.   bias: add a parameter `bias` of the same shape.
    scale_*, bias_*: initializer, regularizer, constraint, and multiplier of the learning rate.
    param_key: under which the parameters are shared; the layer's name if empty.

    >>> from mocha_core import ScaleLayer
    >>> ScaleLayer(name="scale1", bias=True, bottoms=["bn1"], tops=["scale1"])
    ScaleLayer(name='scale1', bottoms=('bn1',), tops=('scale1',), bias=True)
    """

    axis: int = 1
    num_axes: int = 1
    bias: bool = False
    param_key: str = ""
    scale_init: Initializer = ConstantInitializer(1.0)
    bias_init: Initializer = ConstantInitializer(0.0)
    scale_regu: Regularizer = NoRegu()
    bias_regu: Regularizer = NoRegu()
    scale_cons: Constraint = NoCons()
    bias_cons: Constraint = NoCons()
    scale_lr: float = 1.0
    bias_lr: float = 1.0

    def check_options(self) -> None:
        check_placed(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        shape = self._place(bottoms).small
        scale = ParamSpec("scale", shape, self.scale_init, self.scale_regu, self.scale_cons, self.scale_lr)
        bias = ParamSpec("bias", shape, self.bias_init, self.bias_regu, self.bias_cons, self.bias_lr)
        params = (scale,) * (len(bottoms) == 1) + (bias,) * self.bias
        return Plan(tops=bottoms[:1], params=params, saves=frozenset({"xs"}), overlays=((0, 0),))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        of = self._place(v.xs)
        y = v.xs[0] * of.spread(xp, self._scale(v))
        return (y + of.spread(xp, v.params["bias"]) if self.bias else y,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (dy,), x, of = v.dys, v.xs[0], self._place(v.xs)
        dx = dy * of.spread(xp, self._scale(v)) if v.wants[0] else None
        by_bias = {"bias": of.gather(xp, dy)} if self.bias else {}
        if len(v.xs) == 2:
            return Grads((dx, of.gather(xp, dy * x) if v.wants[1] else None), by_bias)
        return Grads((dx,), {"scale": of.gather(xp, dy * x)} | by_bias)

    def _scale(self, v: Values) -> Array:
        return v.xs[1] if len(v.xs) == 2 else v.params["scale"]

    def _place(self, bottoms: tuple[Any, ...]) -> Place:
        return placed(self, bottoms, self.axis, self.num_axes)
