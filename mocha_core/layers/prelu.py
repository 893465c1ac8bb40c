"""A rectifier whose slope is learned."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer
from ..layer import Grads, Layer, Values
from ..plan import ParamSpec, Plan
from ..regularizers import NoRegu, Regularizer
from ..specs import spec
from .placing import Place, channels, place
from .wiring import need_blobs


@spec(kw_only=True)
class PReLULayer(Layer):
    """y = x where x > 0, else slope * x, with a learned slope for each channel, or one for all.

    At the kink the derivative is `slope`. The parameter `slope` has shape (channels,), or () if `shared`. Source: He,
    Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, who do not regularise it.

    axis: that of the channels, as NumPy counts.   shared: one slope for all channels.
    slope_*: initializer, regularizer, constraint, multiplier of the learning rate.
    param_key: under which the parameter is shared; the layer's name if empty.

    >>> from mocha_core import PReLULayer
    >>> PReLULayer(name="prelu1", shared=True, bottoms=["conv1"], tops=["prelu1"])
    PReLULayer(name='prelu1', bottoms=('conv1',), tops=('prelu1',), shared=True)
    """

    axis: int = 1
    shared: bool = False
    param_key: str = ""
    slope_init: Initializer = ConstantInitializer(0.25)
    slope_regu: Regularizer = NoRegu()
    slope_cons: Constraint = NoCons()
    slope_lr: float = 1.0

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        shape = self._place(bottoms[0]).small
        slope = ParamSpec("slope", shape, self.slope_init, self.slope_regu, self.slope_cons, self.slope_lr)
        return Plan(tops=bottoms, params=(slope,), saves=frozenset({"xs"}), overlays=((0, 0),))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (xp.where(x > 0, x, self._slope(xp, v) * x),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        dx = xp.where(x > 0, dy, self._slope(xp, v) * dy) if v.wants[0] else None
        return Grads((dx,), {"slope": self._place(x).gather(xp, xp.where(x > 0, xp.zeros_like(x), dy * x))})

    def _slope(self, xp: Any, v: Values) -> Array:
        return self._place(v.xs[0]).spread(xp, v.params["slope"])

    def _place(self, x: Any) -> Place:
        blob = BlobSpec(tuple(x.shape))
        return place(self, blob, 0, 0) if self.shared else channels(self, blob, self.axis)
