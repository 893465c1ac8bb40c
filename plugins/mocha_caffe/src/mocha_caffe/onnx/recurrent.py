"""Nets that were unrolled step by step."""

from __future__ import annotations

from mocha_onnx.graph import Value
from mocha_onnx.place import Place

from ..layers import LSTMUnitLayer


def lstm_unit(layer: LSTMUnitLayer, at: Place) -> list[Value]:
    """One step, the gates in the order i, f, o, g."""
    cells, gates, cont = at.xs
    sizes = at.graph.integers(*(at.size(2),) * 4)
    *squashed, g = at.graph.ops("Split", gates, sizes, count=4, axis=2)
    i, f, o = (at.op("Sigmoid", gate) for gate in squashed)
    c = f * (cells * at.reshape(cont, (*at.dims[0][:2], 1))) + i * at.op("Tanh", g)
    return [c, o * at.op("Tanh", c)]
