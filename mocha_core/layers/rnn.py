"""The plain recurrent layer."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from ..layer import Grads, Values
from ..plan import ParamSpec
from ..specs import spec
from .recurrent import RecurrentLayer, affine, affine_grads, before, over_time, sequence


@spec(kw_only=True)
class RNNLayer(RecurrentLayer):
    """At each step h = tanh(Wx x + b + Wh (cont h)), with the h of the step before on the right, zero at first.

    bottoms: x (T, N, ...), and cont (T, N) if there is any; then what `static` and `states` add.   tops: h (T, N,
    output_dim), and what `states` adds.
    Parameters: `weight_x` (output_dim, F), `bias` (output_dim,), `weight_static` (output_dim, S) if there is any, and
    `weight_h` (output_dim, output_dim). Source: Elman, "Finding structure in time", 1990. Caffe's RNN is this layer
    with `InnerProductLayer(axis=2, neuron=Neurons.Tanh())` on it.

    The other options are those of `RecurrentLayer`.

    >>> from mocha_core import BlobSpec, RNNLayer
    >>> layer = RNNLayer(name="rnn", output_dim=16, states=True, bottoms=["x", "cont", "h0"], tops=["h", "h1"])
    >>> [top.shape for top in layer.plan((BlobSpec((10, 32, 5)), BlobSpec((10, 32)), BlobSpec((1, 32, 16)))).tops]
    [(10, 32, 16), (1, 32, 16)]
    """

    def parameters(self, features: int, static: int = 0) -> tuple[ParamSpec, ...]:
        weight_x, bias = self.weight_spec("weight_x", 1, features), self.bias_spec("bias", 1, features)
        others = *self.static_spec(1, static), self.weight_spec("weight_h", 1, self.output_dim)
        return (weight_x, bias, *others) if self.bias else (weight_x, *others)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, cont = sequence(xp, v)
        (h,) = self.first_states(xp, v)
        hs = []
        for sums, keep in over_time(self.from_x(xp, v, x, "bias"), cont):
            h = xp.tanh(sums + affine(xp, v, keep * h, "weight_h"))
            hs.append(h)
        return (xp.stack(hs), h[None, ...])[: len(self.tops)]

    def backward(self, xp: Any, v: Values) -> Grads:
        _, cont = sequence(xp, v)
        h = v.ys[0]
        (dh,) = self.last_gradients(xp, v)
        back = []
        for dy, slope, keep in reversed(over_time(v.dys[0], 1 - h * h, cont)):
            back.append((dy + dh) * slope)
            dh = keep * (back[-1] @ v.params["weight_h"])
        past, ds = cont * before(xp, h, self.first_states(xp, v)[0]), xp.stack(back[::-1])
        return self.grads(xp, v, ds, (dh,), affine_grads(xp, v, past, ds, "weight_h"), "bias")
