"""A recurrent net learns which symbol came first, and cannot where nothing is remembered."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    Adam,
    GRULayer,
    InnerProductLayer,
    Layer,
    LRPolicy,
    LSTMLayer,
    MemoryDataLayer,
    Net,
    PermuteLayer,
    SliceLayer,
    SoftmaxLossLayer,
    Solver,
)
from mocha_cpu import CpuBackend

STEPS, SYMBOLS = 10, 3
LSTM = LSTMLayer(name="memory", output_dim=12, forget_bias=1.0, bottoms=["x", "cont"], tops=["h"])
GRU = GRULayer(name="memory", output_dim=12, bottoms=["x", "cont"], tops=["h"])
both = pytest.mark.parametrize("layer", [LSTM, GRU], ids=["lstm", "gru"])


def sequences(count: int, seed: int) -> tuple[Any, Any]:
    """Random symbols, one-hot (count, steps, symbols), and the first of each."""
    drawn = np.random.default_rng(seed).integers(0, SYMBOLS, (count, STEPS))
    return np.eye(SYMBOLS)[drawn], drawn[:, :1]


def trained(backend: CpuBackend, layer: Layer, cont: float) -> Net:
    """After 300 updates; cont is 0 at the first step, and this at the others."""
    x, first = sequences(320, seed=1)
    begins = np.full((320, STEPS), cont)
    begins[:, 0] = 0
    layers = [
        MemoryDataLayer(name="data", tops=["rows", "begins", "label"], data=[x, begins, first], batch_size=32),
        PermuteLayer(name="turn", order=(1, 0, 2), bottoms=["rows"], tops=["x"]),
        PermuteLayer(name="turn-cont", order=(1, 0), bottoms=["begins"], tops=["cont"]),
        layer,
        SliceLayer(name="end", axis=0, slice_points=[STEPS - 1], bottoms=["h"], tops=["early", "last"]),
        PermuteLayer(name="turn-back", order=(1, 0, 2), bottoms=["last"], tops=["known"]),
        InnerProductLayer(name="ip", output_dim=SYMBOLS, bottoms=["known"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]
    net = Net("first symbol", backend, layers)
    Solver(Adam(), {"max_iter": 300, "regu_coef": 0.0, "lr_policy": LRPolicy.Fixed(0.02)}).solve(net)
    return net


@both
def test_the_first_symbol_is_remembered(backend: CpuBackend, layer: Layer) -> None:
    net = trained(backend, layer, cont=1.0)
    x, first = sequences(200, seed=2)
    begins = np.ones((200, STEPS))
    found = net.predict({"rows": x, "begins": begins}, outputs="ip").argmax(axis=1)
    assert net.objective() < 0.05
    assert (found == first[:, 0]).all()


@both
def test_nothing_is_learnt_where_every_step_is_a_beginning(backend: CpuBackend, layer: Layer) -> None:
    """The last symbol says nothing of the first: the mean of the loss cannot fall below that of three symbols."""
    net = trained(backend, layer, cont=0.0)
    net.reset_statistics()
    net.forward_epoch()
    # Three last symbols with two free chances each fit 320 sequences by luck: a gain of 6 / 2 / 320 is to be expected.
    assert net.statistics()["loss-softmax-loss"] == pytest.approx(math.log(SYMBOLS), abs=4 * 3 / 320)
