"""One step of long short-term memory."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Grads, Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.ops import sigmoid
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class LSTMUnitLayer(Layer):
    """c = f (cont c') + i g and h = o tanh(c), with the gates i, f, o = sigmoid and g = tanh of four equal parts.

    For nets that were unrolled step by step; for sequences take `LSTMLayer`, which does all steps.

    bottoms: c' (1, N, D), the cells before the step; the gates before their squashing (1, N, 4 D), in the order i, f,
    o, g; cont (1, N), 0 where a sequence begins. cont gets no gradient.   tops: c and h, (1, N, D) each.

    >>> layer = LSTMUnitLayer(name="unit", bottoms=["c0", "gates", "cont"], tops=["c1", "h1"])
    >>> [top.shape for top in layer.plan((BlobSpec((1, 8, 5)), BlobSpec((1, 8, 20)), BlobSpec((1, 8)))).tops]
    [(1, 8, 5), (1, 8, 5)]
    """

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=3, tops=2)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        cells, gates, cont = bottoms
        if len(cells.shape) != 3 or gates.shape != (*cells.shape[:2], 4 * cells.shape[2]):
            raise self.misfit(f"{gates} must be four gates for each cell of {cells}, which is (1, sequences, cells)")
        if cont.size != cells.shape[0] * cells.shape[1]:
            raise self.misfit(f"{self.bottoms[2]!r} is {cont}; it needs one number for each sequence of {cells}")
        return Plan(tops=(cells, cells), saves=frozenset({"xs", "y0"}), constants=(2,))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        kept, (i, f, o, g) = _kept(xp, v), _gates(xp, v.xs[1])
        c = f * kept + i * g
        return c, o * xp.tanh(c)

    def backward(self, xp: Any, v: Values) -> Grads:
        kept, (i, f, o, g) = _kept(xp, v), _gates(xp, v.xs[1])
        dc, dh = v.dys
        t = xp.tanh(v.ys[0])
        dc = dc + dh * o * (1 - t * t)
        parts = dc * g * i * (1 - i), dc * kept * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g * g)
        by_cells = dc * f * xp.reshape(v.xs[2], (*v.xs[0].shape[:2], 1))
        return Grads((by_cells if v.wants[0] else None, xp.concat(parts, axis=-1) if v.wants[1] else None, None))


def _kept(xp: Any, v: Values) -> Array:
    """The cells of the sequences that go on."""
    cells, _, cont = v.xs
    return cells * xp.reshape(cont, (*cells.shape[:2], 1))


def _gates(xp: Any, sums: Array) -> tuple[Array, ...]:
    size = sums.shape[-1] // 4
    first = sigmoid(xp, sums[..., : 3 * size])
    return *(first[..., k * size : (k + 1) * size] for k in range(3)), xp.tanh(sums[..., 3 * size :])
