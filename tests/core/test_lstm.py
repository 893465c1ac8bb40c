from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.initializers import ConstantInitializer, UniformInitializer, XavierInitializer
from mocha_core.layers.lstm import LSTMLayer
from mocha_core.random import Stream
from mocha_core.regularizers import L2Regu, NoRegu

from .running import forward, grid, plan

LAYER = LSTMLayer(name="lstm", output_dim=2, bottoms=["x"], tops=["h"])
X = grid((3, 1, 4))


def first_bias(layer):
    bias = plan(layer, [X]).params[1]
    return bias.initializer.values(bias, Stream(0, "lstm", "bias"))


def test_parameters_are_those_of_caffe():
    weight_x, bias, weight_h = plan(LAYER, [X]).params
    assert (weight_x.name, weight_x.shape, weight_x.fan_in, weight_x.rate) == ("weight_x", (8, 4), 4, 1.0)
    assert (bias.name, bias.shape, bias.rate) == ("bias", (8,), 2.0)
    assert (weight_h.name, weight_h.shape, weight_h.fan_in, weight_h.rate) == ("weight_h", (8, 2), 2, 1.0)
    assert {weight_x.initializer, weight_h.initializer} == {XavierInitializer()}
    assert {weight_x.regularizer, weight_h.regularizer} == {L2Regu(1.0)}
    assert (bias.initializer, bias.regularizer) == (ConstantInitializer(0.0), NoRegu())
    assert [p.name for p in plan(LAYER.replace(bias=False), [X]).params] == ["weight_x", "weight_h"]


@pytest.mark.parametrize(
    ("shut", "h"),
    [
        (0, 0.0),  # i: nothing comes in
        (1, np.tanh(1)),  # f: only the last step is known
        (2, 0.0),  # o: nothing comes out
        (3, -np.tanh(3)),  # g: what comes in is -1
        (None, np.tanh(3)),
    ],
)
def test_the_gates_come_in_the_order_i_f_o_g(shut, h):
    """Gates wide open give c = 1, 2, 3; e^-800 is 0 next to 1."""
    layer = LAYER.replace(output_dim=1)
    bias = np.full(4, 800.0)
    if shut is not None:
        bias[shut] = -800.0
    params = {"weight_x": np.zeros((4, 4)), "bias": bias, "weight_h": np.zeros((4, 1))}
    (hs,) = forward(np, layer, [X], params)
    assert hs[-1, 0, 0] == pytest.approx(h, rel=1e-15, abs=1e-300)


def test_weight_of_what_does_not_change_comes_where_caffe_has_it():
    layer = LAYER.replace(static=True, bottoms=["x", "cont", "static"])
    names = [(p.name, p.shape) for p in plan(layer, [X, np.ones((3, 1)), np.ones((1, 5))]).params]
    assert names == [("weight_x", (8, 4)), ("bias", (8,)), ("weight_static", (8, 5)), ("weight_h", (8, 2))]


def test_forget_bias_is_added_to_the_first_values_of_that_gate():
    assert first_bias(LAYER).tolist() == [0.0] * 8
    assert first_bias(LAYER.replace(forget_bias=1.5)).tolist() == [0, 0, 1.5, 1.5, 0, 0, 0, 0]
    drawn = LAYER.replace(bias_init=UniformInitializer(-1.0, 1.0))
    added = first_bias(drawn.replace(forget_bias=1)) - first_bias(drawn)
    np.testing.assert_allclose(added, [0, 0, 1, 1, 0, 0, 0, 0], rtol=0, atol=2.0**-52)
    assert plan(LAYER, [X]).params[1].initializer == LAYER.bias_init


def test_forget_bias_leaves_the_formula_alone():
    """So that a trained net is one of Caffe's, whatever it began with."""
    np.testing.assert_array_equal(*(forward(np, layer, [X])[0] for layer in (LAYER, LAYER.replace(forget_bias=1.0))))


def test_forget_bias_needs_a_bias():
    with pytest.raises(OptionError, match=r"'lstm' .*forget_bias=1.0 is part of the bias"):
        LAYER.replace(forget_bias=1.0, bias=False)
