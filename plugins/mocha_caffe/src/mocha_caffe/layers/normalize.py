"""Samples, or the channels at each place, brought to one length."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array, BlobSpec
from mocha_core.constraints import Constraint, NoCons
from mocha_core.initializers import ConstantInitializer, Initializer
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.placing import Place
from mocha_core.layers.wiring import need_blobs
from mocha_core.plan import ParamSpec, Plan
from mocha_core.regularizers import NoRegu, Regularizer
from mocha_core.specs import spec


@spec(kw_only=True)
class NormalizeLayer(Layer):
    """y = scale * x / sqrt(sum x^2 + eps), with a learned scale: the L2 normalisation of SSD. The top is as the bottom.

    The sum is over a whole sample if `across_spatial`, else over the channels (axis 1) at each place of the image.
    Source: Liu, Rabinovich and Berg, "ParseNet", 2015.

    channel_shared: one scale, a parameter of shape (), instead of one for each channel, of shape (channels,).
    scale_*: initializer, regularizer, constraint, multiplier of the learning rate.
    param_key: under which the parameter is shared; the layer's name if empty.

    >>> layer = NormalizeLayer(name="norm", across_spatial=False, channel_shared=False, bottoms=["x"], tops=["y"])
    >>> layer.plan((BlobSpec((8, 512, 38, 38)),)).params[0].shape
    (512,)
    """

    across_spatial: bool = True
    channel_shared: bool = True
    eps: float = 1e-10
    param_key: str = ""
    scale_init: Initializer = ConstantInitializer(1.0)
    scale_regu: Regularizer = NoRegu()
    scale_cons: Constraint = NoCons()
    scale_lr: float = 1.0

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.eps < 0:
            raise self.refuse(f"eps={self.eps} must be a number that is not negative")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if len(x.shape) < 2:
            raise self.misfit(f"a blob of {x} has no channels; (num, channels, ...) is needed")
        shape = self._place(x.shape).small
        scale = ParamSpec("scale", shape, self.scale_init, self.scale_regu, self.scale_cons, self.scale_lr)
        return Plan(tops=bottoms, params=(scale,), saves=frozenset({"xs"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        return (self._scale(xp, v) * x / self._norm(xp, x),)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        norm = self._norm(xp, x)
        unit = x / norm
        dscale = self._place(x.shape).gather(xp, dy * unit)
        if not v.wants[0]:
            return Grads((None,), {"scale": dscale})
        dunit = dy * self._scale(xp, v)
        return Grads(((dunit - unit * self._sum(xp, dunit * unit)) / norm,), {"scale": dscale})

    def _norm(self, xp: Any, x: Array) -> Array:
        return xp.sqrt(self._sum(xp, x * x) + self.eps)

    def _sum(self, xp: Any, x: Array) -> Array:
        axes = tuple(range(1, x.ndim)) if self.across_spatial else 1
        return xp.sum(x, axis=axes, keepdims=True)

    def _scale(self, xp: Any, v: Values) -> Array:
        return self._place(v.xs[0].shape).spread(xp, v.params["scale"])

    def _place(self, shape: tuple[int, ...]) -> Place:
        return Place(tuple(shape), 1, 1 if self.channel_shared else 2)
