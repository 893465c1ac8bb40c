"""Recurrent layers: ONNX's own where nothing interrupts a sequence; else a step as the body of a Scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from mocha_core.layers import GRULayer, LSTMLayer, RNNLayer

from ..graph import Array, Body, Graph, Value
from ..place import Place
from ..registry import translates

Step: TypeAlias = Callable[[Place, Graph, Value, Sequence[Value]], tuple[Value, ...]]
"""The new states, for what x puts into the gates and for the states before, already multiplied by cont."""


@translates(LSTMLayer)
def lstm(layer: LSTMLayer, at: Place) -> list[Value]:
    """ONNX's gates are in the order i, o, f, g."""
    if len(at.xs) == 1:
        bias = _turned(at, "bias", (0, 2, 1, 3)) if layer.bias else None
        return [_own("LSTM", at, (0, 2, 1, 3), bias)]
    return _scanned(at, _lstm_step, "bias")


@translates(GRULayer)
def gru(layer: GRULayer, at: Place) -> list[Value]:
    """ONNX's gates are in the order z, r, n."""
    if len(at.xs) == 1:
        order = (1, 0, 2)
        bias = [_turned(at, name, order) for name in ("bias_x", "bias_h")] if layer.bias else None
        return [_own("GRU", at, order, None if bias is None else np.concatenate(bias), linear_before_reset=1)]
    return _scanned(at, _gru_step, "bias_x")


@translates(RNNLayer)
def rnn(layer: RNNLayer, at: Place) -> list[Value]:
    """One gate, tanh."""
    if len(at.xs) == 1:
        return [_own("RNN", at, (0,), at.array("bias") if layer.bias else None)]
    return _scanned(at, _rnn_step, "bias")


def _turned(at: Place, name: str, order: Sequence[int]) -> Array:
    """A parameter with the parts for its gates in another order."""
    return np.concatenate([np.split(at.array(name), len(order))[k] for k in order])


def _own(op: str, at: Place, order: Sequence[int], bias: Array | None, **attributes: Any) -> Value:
    """ONNX's own operator on the whole sequence."""
    size = at.parameters["weight_h"].blob.shape[1]
    weights = [at.constant(_turned(at, name, order)[None]) for name in ("weight_x", "weight_h")]
    given: list[Value | None] = [_rows(at), *weights]
    if bias is not None:
        both = bias if len(bias) == 2 * len(order) * size else np.concatenate([bias, np.zeros_like(bias)])
        given.append(at.constant(both[None]))
    y = at.op(op, *given, hidden_size=size, **attributes)
    return at.op("Squeeze", y, at.graph.integers(1))


def _rows(at: Place) -> Value:
    """x with one axis of features."""
    dims = at.dims[0]
    features = int(np.prod(at.bottoms[0].shape[2:]))
    return at.xs[0] if len(dims) == 3 else at.reshape(at.xs[0], (*dims[:2], features))


def _scanned(at: Place, step: Step, bias: str) -> list[Value]:
    """The sequence step by step, what is remembered being multiplied by cont before each."""
    layer: Any = at.layer
    cont = at.reshape(at.xs[1], (*at.dims[1][:2], 1))
    states = [_first(at, k) for k in range(len(layer.remembers))]
    body = Graph(outer=at.graph)
    before = [Value(body) for _ in states]
    sums, keep = Value(body), Value(body)
    after = step(at, body, sums, [body.op("Mul", keep, state) for state in before])
    last = body.op("Identity", after[0])
    loop = Body(body, (*before, sums, keep), (*after, last))
    given = (*states, _from_x(at, bias), cont)
    *ends, hs = at.graph.ops("Scan", *given, count=len(states) + 1, body=loop, num_scan_inputs=2)
    return [hs, *(at.reshape(end, dims) for end, dims in zip(ends, at.top_dims[1:], strict=False))]


def _first(at: Place, k: int) -> Value:
    """State k before the first step, (N, output_dim)."""
    layer: Any = at.layer
    num, size = at.dims[0][1], layer.output_dim
    if layer.states:
        return at.reshape(at.xs[k - len(layer.remembers)], (num, size))
    if num is not None:
        return at.constant(np.zeros((num, size), np.float32))
    counted = at.op("Slice", at.op("Shape", at.xs[0]), at.graph.integers(1), at.graph.integers(2))
    return at.op("ConstantOfShape", at.op("Concat", counted, at.graph.integers(size), axis=0))


def _from_x(at: Place, bias: str) -> Value:
    """What x, and what does not change, put into each step."""
    sums = at.op("MatMul", _rows(at), at.constant(at.array("weight_x").T))
    if bias in at.parameters:
        sums = sums + at.param(bias)
    if "weight_static" not in at.parameters:
        return sums
    return sums + at.op("Gemm", at.flattened(at.xs[2], 1), at.param("weight_static"), transB=1)


def _lstm_step(at: Place, body: Graph, sums: Value, states: Sequence[Value]) -> tuple[Value, ...]:
    h, c = states
    i, f, o, g = _gates(at, body, body.op("Add", sums, _from_h(at, body, h)), 4)
    i, f, o = (body.op("Sigmoid", gate) for gate in (i, f, o))
    c = f * c + i * body.op("Tanh", g)
    return o * body.op("Tanh", c), c


def _gru_step(at: Place, body: Graph, sums: Value, states: Sequence[Value]) -> tuple[Value, ...]:
    (h,) = states
    inner = _from_h(at, body, h)
    if "bias_h" in at.parameters:
        inner = inner + at.param("bias_h")
    (ar, az, an), (br, bz, bn) = _gates(at, body, sums, 3), _gates(at, body, inner, 3)
    r, z = body.op("Sigmoid", ar + br), body.op("Sigmoid", az + bz)
    n = body.op("Tanh", an + r * bn)
    return ((1.0 - z) * n + z * h,)


def _rnn_step(at: Place, body: Graph, sums: Value, states: Sequence[Value]) -> tuple[Value, ...]:
    return (body.op("Tanh", sums + _from_h(at, body, states[0])),)


def _from_h(at: Place, body: Graph, h: Value) -> Value:
    return body.op("MatMul", h, at.constant(at.array("weight_h").T))


def _gates(at: Place, body: Graph, sums: Value, count: int) -> tuple[Value, ...]:
    """The last axis in so many pieces."""
    layer: Any = at.layer
    sizes = at.graph.integers(*(layer.output_dim,) * count)
    return body.ops("Split", sums, sizes, count=count, axis=-1)
