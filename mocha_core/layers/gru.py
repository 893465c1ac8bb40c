"""Gated recurrent units."""

from __future__ import annotations

from typing import Any

from ..blob import Array
from ..layer import Grads, Values
from ..ops import sigmoid
from ..plan import ParamSpec
from ..specs import spec
from .recurrent import RecurrentLayer, affine, affine_grads, before, over_time, pieces, sequence


@spec(kw_only=True)
class GRULayer(RecurrentLayer):
    """At each step, with p = cont h of the step before (zero at first), and the three parts of a = Wx x + bx and
    b = Wh p + bh:

    r = sigmoid(a1 + b1),   z = sigmoid(a2 + b2),   n = tanh(a3 + r b3),   h = (1 - z) n + z p.

    bottoms: x (T, N, ...), and cont (T, N) if there is any; then what `static` and `states` add.   tops: h (T, N,
    output_dim), and what `states` adds.
    Parameters: `weight_x` (3 output_dim, F), `weight_h` (3 output_dim, output_dim), `bias_x` and `bias_h`
    (3 output_dim,), and with `static` `weight_static` (3 output_dim, S), which adds to a. Caffe has no such layer;
    formula, order of the gates (r, z, n) and shapes are those of cuDNN and PyTorch, whose weights fit. There the reset
    gate r works after the product with Wh; in Cho et al., 2014, it works before, and z stands for 1 - z.

    The other options are those of `RecurrentLayer`; bias_* are for both biases.

    >>> from mocha_core import BlobSpec, GRULayer
    >>> layer = GRULayer(name="gru", output_dim=16, bottoms=["x"], tops=["h"])
    >>> {p.name: p.shape for p in layer.plan((BlobSpec((10, 32, 5)),)).params}
    {'weight_x': (48, 5), 'weight_h': (48, 16), 'bias_x': (48,), 'bias_h': (48,)}
    """

    def parameters(self, features: int, static: int = 0) -> tuple[ParamSpec, ...]:
        sizes = {"x": features, "h": self.output_dim}
        weights = tuple(self.weight_spec(f"weight_{name}", 3, size) for name, size in sizes.items())
        biases = tuple(self.bias_spec(f"bias_{name}", 3, size) for name, size in sizes.items())
        return (weights + biases if self.bias else weights) + self.static_spec(3, static)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, cont = sequence(xp, v)
        (h,) = self.first_states(xp, v)
        hs = []
        for a, keep in over_time(self.from_x(xp, v, x, "bias_x"), cont):
            past = keep * h
            _, z, n = self._gates(xp, a, affine(xp, v, past, "weight_h", "bias_h"))
            h = (1 - z) * n + z * past
            hs.append(h)
        return (xp.stack(hs), h[None, ...])[: len(self.tops)]

    def backward(self, xp: Any, v: Values) -> Grads:
        x, cont = sequence(xp, v)
        past = cont * before(xp, v.ys[0], self.first_states(xp, v)[0])
        a, b = self.from_x(xp, v, x, "bias_x"), affine(xp, v, past, "weight_h", "bias_h")
        r, z, n = self._gates(xp, a, b)
        by_n = (1 - z) * (1 - n * n)
        inner = by_n * b[..., 2 * self.output_dim :] * r * (1 - r), (past - n) * z * (1 - z)
        slopes_a, slopes_b = (xp.concat([*inner, by], axis=-1) for by in (by_n, by_n * r))
        dh, by_first = self._by_h(xp, v, slopes_b, z, cont)
        da, db = dh * slopes_a, dh * slopes_b
        return self.grads(xp, v, da, (by_first,), affine_grads(xp, v, past, db, "weight_h", "bias_h"), "bias_x")

    def _by_h(self, xp: Any, v: Values, slopes: Array, z: Array, cont: Array) -> tuple[Array, Array]:
        """The gradient by h at each step, once for each gate, from the last step back to the first; by the first h."""
        (dh,) = self.last_gradients(xp, v)
        back = []
        for dy, slope, kept, keep in reversed(over_time(v.dys[0], slopes, z, cont)):
            dh = dy + dh
            back.append(xp.concat([dh, dh, dh], axis=-1))
            dh = keep * (kept * dh + (back[-1] * slope) @ v.params["weight_h"])
        return xp.stack(back[::-1]), dh

    def _gates(self, xp: Any, a: Array, b: Array) -> tuple[Array, ...]:
        """r, z, n."""
        size = 2 * self.output_dim
        r, z = pieces(sigmoid(xp, a[..., :size] + b[..., :size]), self.output_dim)
        return r, z, xp.tanh(a[..., size:] + r * b[..., size:])
