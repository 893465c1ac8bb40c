"""Learned or computed summands along some axes of a blob."""

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
class BiasLayer(Layer):
    """y = x + bias, with one bias for each channel, or for each place along other axes.

    With one bottom, `bias` is a parameter of shape x.shape[axis : axis + num_axes]. With two, the second bottom is the
    bias: its axes are those of x from `axis` on. The top has the shape of x.

    axis: the first axis along which biases differ, as NumPy counts.   num_axes: how many axes; -1 for all from there,
    0 for one bias for everything.   bias_*: initializer, regularizer, constraint, multiplier of the learning rate.
    param_key: under which the parameter is shared; the layer's name if empty.

    >>> from mocha_core import BiasLayer
    >>> BiasLayer(name="shift", bottoms=["x"], tops=["y"])
    BiasLayer(name='shift', bottoms=('x',), tops=('y',))
    """

    axis: int = 1
    num_axes: int = 1
    param_key: str = ""
    bias_init: Initializer = ConstantInitializer(0.0)
    bias_regu: Regularizer = NoRegu()
    bias_cons: Constraint = NoCons()
    bias_lr: float = 1.0

    def check_options(self) -> None:
        check_placed(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        shape = self._place(bottoms).small
        bias = ParamSpec("bias", shape, self.bias_init, self.bias_regu, self.bias_cons, self.bias_lr)
        params = (bias,) if len(bottoms) == 1 else ()
        return Plan(tops=bottoms[:1], params=params, saves=frozenset(), overlays=((0, 0),))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, *second = v.xs
        return (x + self._place(v.xs).spread(xp, second[0] if second else v.params["bias"]),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (dy,), of = v.dys, self._place(v.xs)
        dx = dy if v.wants[0] else None
        if len(v.xs) == 2:
            return Grads((dx, of.gather(xp, dy) if v.wants[1] else None))
        return Grads((dx,), {"bias": of.gather(xp, dy)})

    def _place(self, bottoms: tuple[Any, ...]) -> Place:
        return placed(self, bottoms, self.axis, self.num_axes)
