"""LSTM and GRU: against a naive loop, and what is the same for both."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.gru import GRULayer
from mocha_core.layers.lstm import LSTMLayer
from mocha_core.testing.tolerances import tolerance

from .recurrent_math import gru_step, lstm_step, run
from .running import assert_gradient_is_slope, backward, forward, grid, on_numpy_and_strict, parameters, plan

T, N, F, D = 5, 3, 4, 2
NAMES = {"output_dim": D, "bottoms": ["x"], "tops": ["h"]}
LSTM, GRU = LSTMLayer(name="lstm", **NAMES), GRULayer(name="gru", **NAMES)
STEPS = {LSTM: (lstm_step, 2), GRU: (gru_step, 1)}
X = 2 * grid((T, N, F))
BEGINS = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1], [1, 0, 1.0]])
# A number of the result is a sum of F + D products at each of T steps, each at most 2, and passes a few squashings.
BOUND = tolerance("float64", T * (F + D + 8), 2.0)

both = pytest.mark.parametrize("layer", [LSTM, GRU], ids=["lstm", "gru"])


def with_cont(layer):
    return layer.replace(bottoms=["x", "cont"])


def wide(layer, xs):
    """Parameters that reach the bent parts of the squashing functions."""
    return {name: 2 * values for name, values in parameters(layer, xs).items()}


@on_numpy_and_strict
@both
def test_the_naive_loop_gives_the_same(xp, layer):
    params = wide(layer, [X])
    (h,) = forward(xp, layer, [X], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, X), rtol=0, atol=BOUND)


@on_numpy_and_strict
@both
@pytest.mark.parametrize("cont", [BEGINS, grid((T, N), seed=3)], ids=["begins", "any numbers"])
def test_the_naive_loop_gives_the_same_with_cont(xp, layer, cont):
    params = wide(layer, [X])
    (h,) = forward(xp, with_cont(layer), [X, cont], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, X, cont), rtol=0, atol=BOUND)


@both
def test_a_sequence_that_begins_knows_nothing_of_the_one_before(layer):
    params = wide(layer, [X])
    cont = np.ones((T, N))
    cont[2] = 0
    (h,) = forward(np, with_cont(layer), [X, cont], params)
    for part in (slice(0, 2), slice(2, T)):
        (alone,) = forward(np, layer, [X[part]], params)
        np.testing.assert_allclose(h[part], alone, rtol=0, atol=BOUND)
    dy = np.zeros_like(h)
    dy[3:] = 1
    (dx, _), _ = backward(np, with_cont(layer), [X, cont], [dy], params, wants=(True, False))
    assert not dx[:2].any()
    assert dx[2:4].all()


@both
def test_without_cont_nothing_is_remembered_at_first_and_all_afterwards(layer):
    params = wide(layer, [X])
    (h,) = forward(np, layer, [X], params)
    for first in (0.0, 1.0):
        cont = np.ones((T, N))
        cont[0] = first
        np.testing.assert_array_equal(forward(np, with_cont(layer), [X, cont], params)[0], h)


@on_numpy_and_strict
@both
@pytest.mark.parametrize("bias", [True, False])
def test_gradient_is_the_slope(xp, layer, bias):
    assert_gradient_is_slope(xp, layer.replace(bias=bias), [X])


@on_numpy_and_strict
@both
def test_gradient_with_cont_is_each_slope(xp, layer):
    """By one number at a time, so also where sequences begin."""
    xs, dy, h = [X, BEGINS], grid((T, N, D), seed=20), 2.0**-17
    params = wide(layer, [X])
    (dx, none), grads = backward(xp, with_cont(layer), xs, [dy], params, wants=(True, False))
    assert none is None
    # Rounding of the difference, and h^2 of a third derivative that grows like the third power of the weights.
    bound = BOUND * np.abs(dy).sum() / h + h * h * 100 * np.abs(dy).sum()
    for given, values in ((dx, X), *((grads[name], params[name]) for name in params)):
        for place in np.ndindex(*values.shape):
            ends, kept = [], values[place]
            for step in (h, -h):
                values[place] = kept + step
                ends.append(float(np.sum(dy * forward(np, with_cont(layer), xs, params)[0])))
            values[place] = kept
            assert given[place] == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=0, abs=bound)


@both
def test_all_further_axes_are_features(layer):
    many, params = X.reshape(T, N, 2, 2), parameters(layer, [X])
    assert plan(layer, [many]).params == plan(layer, [X]).params
    (h,) = forward(np, layer, [X], params)
    np.testing.assert_array_equal(forward(np, layer, [many], params)[0], h)
    (dx,), _ = backward(np, layer, [X], [h], params)
    (of_many,), _ = backward(np, layer, [many], [h], params)
    np.testing.assert_array_equal(of_many, dx.reshape(many.shape))


@both
def test_a_step_may_be_one_number(layer):
    x = X[:, :, 0]
    params = wide(layer, [x])
    (h,) = forward(np, layer, [x], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, x), rtol=0, atol=BOUND)


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@on_numpy_and_strict
def test_keeps_the_element_type(xp, layer, dtype):
    x = X.astype(dtype)
    (h,) = forward(xp, layer, [x])
    (dx,), grads = backward(xp, layer, [x], [h])
    assert {g.dtype.name for g in (h, dx, *grads.values())} == {dtype}


@both
def test_large_sums_do_not_overflow(layer):
    params = {name: 1e4 * values for name, values in parameters(layer, [X]).items()}
    (h,) = forward(np, layer, [X], params)
    (dx,), grads = backward(np, layer, [X], [h], params)
    assert all(np.isfinite(values).all() for values in (h, dx, *grads.values()))


@both
def test_a_gradient_that_nobody_wants_is_not_computed(layer):
    dxs, _ = backward(np, with_cont(layer), [X, BEGINS], [grid((T, N, D))], wants=(False, False))
    assert dxs == [None, None]


@both
def test_cont_has_a_place_for_each_step_of_each_sequence(layer):
    assert plan(with_cont(layer), [X, BEGINS]).constants == (1,)
    assert plan(with_cont(layer), [X, BEGINS[..., None]]).tops == plan(layer, [X]).tops
    with pytest.raises(ShapeError, match=r"'cont' is 3 x 5, and 'x' of 5 x 3 x 4 needs 5 x 3"):
        plan(with_cont(layer), [X, BEGINS.T])
    with pytest.raises(ShapeError, match="needs 5 x 3"):
        plan(with_cont(layer), [X, X])


@both
def test_a_sequence_has_steps_and_a_batch(layer):
    with pytest.raises(ShapeError, match=r"'x' is 5, and the layer reads \(steps, sequences, features\)"):
        plan(layer, [X[:, 0, 0]])


@both
@pytest.mark.parametrize("options", [{"output_dim": 0}, {"bottoms": []}, {"bottoms": ["x", "c", "d"]}, {"tops": []}])
def test_options_that_cannot_be(layer, options):
    with pytest.raises(OptionError, match=layer.name):
        layer.replace(**options)
