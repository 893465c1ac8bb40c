"""LSTM, GRU and RNN as written in the papers: one sequence, one step, one unit at a time, in plain Python numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Host = np.ndarray[Any, Any]
Params = dict[str, Host]
State = tuple[list[float], ...]
Step = Callable[[Params, Host, State], State]


def sigmoid(s: float) -> float:
    return 1 / (1 + math.exp(-s))


def weighted(row: Host, x: Any) -> float:
    return math.fsum(float(w) * float(a) for w, a in zip(row, x, strict=True))


def lstm_step(params: Params, x: Host, state: State) -> State:
    """(h, c) after x."""
    h, c = state
    n = len(h)
    s = [
        weighted(params["weight_x"][k], x) + float(params["bias"][k]) + weighted(params["weight_h"][k], h)
        for k in range(4 * n)
    ]
    c = [sigmoid(s[n + k]) * c[k] + sigmoid(s[k]) * math.tanh(s[3 * n + k]) for k in range(n)]
    return [sigmoid(s[2 * n + k]) * math.tanh(c[k]) for k in range(n)], c


def gru_step(params: Params, x: Host, state: State) -> State:
    """(h,) after x."""
    (h,) = state
    n = len(h)
    a = [weighted(params["weight_x"][k], x) + float(params["bias_x"][k]) for k in range(3 * n)]
    b = [weighted(params["weight_h"][k], h) + float(params["bias_h"][k]) for k in range(3 * n)]
    new = []
    for k in range(n):
        r, z = sigmoid(a[k] + b[k]), sigmoid(a[n + k] + b[n + k])
        new.append((1 - z) * math.tanh(a[2 * n + k] + r * b[2 * n + k]) + z * h[k])
    return (new,)


def rnn_step(params: Params, x: Host, state: State) -> State:
    """(h,) after x."""
    (h,) = state
    sums = [weighted(params["weight_x"][k], x) + weighted(params["weight_h"][k], h) for k in range(len(h))]
    return ([math.tanh(s + float(b)) for s, b in zip(sums, params["bias"], strict=True)],)


def run(
    step: Step, states: int, n: int, params: Params, x: Host, cont: Host | None = None, first: Host | None = None
) -> Host:
    """h of each step of each sequence; what is remembered, `first` or zeros, is multiplied by cont before the step."""
    h = np.empty((*x.shape[:2], n))
    for sequence in range(x.shape[1]):
        state: State = ([0.0] * n,) * states if first is None else tuple(s[0, sequence].tolist() for s in first)
        for t in range(x.shape[0]):
            keep = 1.0 if cont is None else float(cont[t, sequence])
            state = step(params, x[t, sequence].ravel(), tuple([keep * s for s in values] for values in state))
            h[t, sequence] = state[0]
    return h
