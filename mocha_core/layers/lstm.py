"""Long short-term memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from ..blob import Array
from ..layer import Grads, Values
from ..ops import sigmoid
from ..plan import ParamSpec
from ..specs import spec
from .forget_bias import ForgetBias
from .recurrent import RecurrentLayer, affine, affine_grads, before, over_time, pieces, sequence


@spec(kw_only=True)
class LSTMLayer(RecurrentLayer):
    """At each step, with the gates i, f, o = sigmoid and g = tanh of the four parts of Wx x + b + Wh (cont h),

    c = f (cont c) + i g,   h = o tanh(c),

    where on the right h and c are those of the step before, zero at first.

    bottoms: x (T, N, ...), and cont (T, N) if there is any; then what is read at every step, (N, ...), with `static`;
    then the first h and c, (1, N, output_dim), with `states`.   tops: h (T, N, output_dim); with `states` the last h
    and c, too.
    Parameters as in Caffe, so that its models fit: `weight_x` (4 output_dim, F), `bias` (4 output_dim,),
    `weight_static` (4 output_dim, S) if there is any, and `weight_h` (4 output_dim, output_dim), with the gates in the
    order i, f, o, g.
    Source: Hochreiter and Schmidhuber, 1997; the forget gate f is that of Gers, Schmidhuber and Cummins, 2000.

    forget_bias: added to the first values of the forget gate's bias. 0 is Caffe's; with 1 the layer forgets less to
    begin with, so that it learns what lies far back sooner (Jozefowicz, Zaremba and Sutskever, 2015).
    The other options are those of `RecurrentLayer`.

    >>> from mocha_core import BlobSpec, LSTMLayer
    >>> layer = LSTMLayer(name="lstm", output_dim=16, bottoms=["x", "cont"], tops=["h"])
    >>> layer.plan((BlobSpec((10, 32, 5)), BlobSpec((10, 32)))).tops[0].shape
    (10, 32, 16)
    """

    forget_bias: float = 0.0

    remembers: ClassVar[tuple[str, ...]] = ("h", "c")

    def check_options(self) -> None:
        RecurrentLayer.check_options(self)
        if self.forget_bias and not self.bias:
            raise self.refuse(f"forget_bias={self.forget_bias} is part of the bias, which bias=False takes away")

    def parameters(self, features: int, static: int = 0) -> tuple[ParamSpec, ...]:
        weight_x, bias = self.weight_spec("weight_x", 4, features), self.bias_spec("bias", 4, features)
        others = *self.static_spec(4, static), self.weight_spec("weight_h", 4, self.output_dim)
        if self.forget_bias:
            bias = replace(bias, initializer=ForgetBias(self.bias_init, self.forget_bias))
        return (weight_x, bias, *others) if self.bias else (weight_x, *others)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, cont = sequence(xp, v)
        h, c = self.first_states(xp, v)
        hs = []
        for sums, keep in over_time(self.from_x(xp, v, x, "bias"), cont):
            i, f, o, g = self._gates(xp, sums + affine(xp, v, keep * h, "weight_h"))
            c = f * (keep * c) + i * g
            h = o * xp.tanh(c)
            hs.append(h)
        return (xp.stack(hs), h[None, ...], c[None, ...])[: len(self.tops)]

    def backward(self, xp: Any, v: Values) -> Grads:
        x, cont = sequence(xp, v)
        past = cont * before(xp, v.ys[0], self.first_states(xp, v)[0])
        sums = self.from_x(xp, v, x, "bias") + affine(xp, v, past, "weight_h")
        ds, *by_states = self._by_sums(xp, v, cont, self._gates(xp, sums))
        return self.grads(xp, v, ds, tuple(by_states), affine_grads(xp, v, past, ds, "weight_h"), "bias")

    def _by_sums(self, xp: Any, v: Values, cont: Array, gates: tuple[Array, ...]) -> tuple[Array, Array, Array]:
        """The gradients by what goes into the gates, from the last step back to the first, and by the first states."""
        i, f, o, g = gates
        carry, first = cont * f, self.first_states(xp, v)[1]
        c = _cells(xp, carry, i * g, first)
        t = xp.tanh(c)
        inner = (g * i * (1 - i), cont * before(xp, c, first) * f * (1 - f), t * o * (1 - o), i * (1 - g * g))
        steps = over_time(v.dys[0], xp.concat(inner, axis=-1), o * (1 - t * t), carry, cont)
        dh, dc = self.last_gradients(xp, v)
        back = []
        for dy, slopes, by_c, carried, keep in reversed(steps):
            dh = dy + dh
            dc = dh * by_c + dc
            back.append(xp.concat([dc, dc, dh, dc], axis=-1) * slopes)
            dh, dc = keep * (back[-1] @ v.params["weight_h"]), carried * dc
        return xp.stack(back[::-1]), dh, dc

    def _gates(self, xp: Any, sums: Array) -> tuple[Array, ...]:
        """i, f, o, g."""
        n = self.output_dim
        return *pieces(sigmoid(xp, sums[..., : 3 * n]), n), xp.tanh(sums[..., 3 * n :])


def _cells(xp: Any, carry: Array, new: Array, first: Array) -> Array:
    """c = carry c + new, from step to step."""
    cells = [first]
    for carried, added in over_time(carry, new):
        cells.append(carried * cells[-1] + added)
    return xp.stack(cells[1:])
