from __future__ import annotations

import numpy as np
import pytest

from mocha_core.initializers import ConstantInitializer, XavierInitializer
from mocha_core.layers.gru import GRULayer
from mocha_core.regularizers import L2Regu, NoRegu

from .running import forward, grid, plan

LAYER = GRULayer(name="gru", output_dim=2, bottoms=["x"], tops=["h"])
ONE = LAYER.replace(output_dim=1)
X = grid((3, 1, 4))


def last(bias_x, bias_h=(0, 0, 0), weight_h=(0, 0, 0)):
    """h of the only unit after three steps, whatever x is."""
    params = {"weight_x": np.zeros((3, 4)), "weight_h": np.array(weight_h, float).reshape(3, 1)}
    params |= {"bias_x": np.array(bias_x, float), "bias_h": np.array(bias_h, float)}
    return forward(np, ONE, [X], params)[0][-1, 0, 0]


def test_parameters():
    weight_x, weight_h, bias_x, bias_h = plan(LAYER, [X]).params
    assert (weight_x.name, weight_x.shape, weight_x.fan_in, weight_x.rate) == ("weight_x", (6, 4), 4, 1.0)
    assert (weight_h.name, weight_h.shape, weight_h.fan_in, weight_h.rate) == ("weight_h", (6, 2), 2, 1.0)
    assert [(b.name, b.shape, b.rate) for b in (bias_x, bias_h)] == [("bias_x", (6,), 2.0), ("bias_h", (6,), 2.0)]
    assert {weight_x.initializer, weight_h.initializer} == {XavierInitializer()}
    assert {weight_x.regularizer, weight_h.regularizer} == {L2Regu(1.0)}
    assert {(b.initializer, b.regularizer) for b in (bias_x, bias_h)} == {(ConstantInitializer(0.0), NoRegu())}
    assert [p.name for p in plan(LAYER.replace(bias=False), [X]).params] == ["weight_x", "weight_h"]


def test_an_open_update_gate_keeps_what_was():
    """z = 1: h stays at its first value, 0; z = 0: h is the news."""
    assert last([0, 800, 1]) == 0.0
    assert last([0, -800, 1]) == pytest.approx(np.tanh(1), rel=1e-15)
    assert last([0, 0, 1]) == pytest.approx((1 - 0.5**3) * np.tanh(1), rel=1e-15)


def test_the_reset_gate_works_after_the_product():
    """A shut reset gate takes away W h + bias_h of the news; one that worked on h would leave bias_h."""
    assert last([-800, -800, 1], bias_h=(0, 0, 5), weight_h=(0, 0, 3)) == pytest.approx(np.tanh(1), rel=1e-15)
    h = 0.0
    for _ in range(3):
        h = np.tanh(1 + 3 * h + 5)
    assert last([800, -800, 1], bias_h=(0, 0, 5), weight_h=(0, 0, 3)) == pytest.approx(h, rel=1e-15)
